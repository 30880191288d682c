import Foundation
import ProtobufWire

/// Puts the same bytes to a Swift message type and to the oracle.
struct WireComparison {
  let oracle: WireOracle

  /// What the two disagree on, or nil.
  ///
  /// With `second`, the outcome of merging it is compared, both into the decoded message and by
  /// decoding the two encodings as one.
  func disagreement<M: Message>(
    _ type: M.Type, _ first: [UInt8], merging second: [UInt8] = []
  ) -> String? {
    guard let index = oracle.index(of: M.fullName) else { return "not of the contract" }
    return first.withUnsafeBytes { firstBytes in
      second.withUnsafeBytes { secondBytes in
        let expected = oracle.decode(index, firstBytes, merging: secondBytes)
        let merged = Result<M, WireError> { () throws(WireError) in
          var message = try M(serializedBytes: firstBytes)
          if !second.isEmpty { try message.merge(serializedBytes: secondBytes) }
          return message
        }
        if let difference = difference(of: merged, index: index, from: expected) {
          return second.isEmpty ? difference : "merged: \(difference)"
        }
        guard !second.isEmpty else { return nil }
        // Not so if `first` ends within a field that `second` happens to complete.
        guard case .success = merged else { return nil }
        let joined = Result<M, WireError> { () throws(WireError) in
          try M(serializedBytes: first + second)
        }
        return difference(of: joined, index: index, from: expected).map { "joined: \($0)" }
      }
    }
  }

  private func difference<M: Message>(
    of outcome: Result<M, WireError>, index: Int, from expected: UnsafeRawBufferPointer?
  ) -> String? {
    switch (outcome, expected) {
    case (.failure, nil): return nil
    case (.failure(let error), _?): return "refused, though valid: \(error)"
    case (.success, nil): return "accepted, though malformed"
    case (.success(let message), let expected?):
      let encoding = message.serializedBytes()
      guard let again = try? M(serializedBytes: encoding), again == message,
        again.serializedBytes() == encoding, message.serializedSize == encoding.count
      else { return "its own encoding is not read as the same: \(hexadecimal(encoding))" }
      return encoding.withUnsafeBytes { encoded in
        if Self.areEqual(encoded, expected) { return nil }
        let normal = oracle.normalize(index, encoded)
        if let normal, Self.areEqual(normal, expected) { return nil }
        return """
          encodes to \(hexadecimal([UInt8](encoded)))
          instead of \(hexadecimal([UInt8](expected)))
          """
      }
    }
  }

  /// Compares as one block of memory; byte by byte would dominate an unoptimized test run.
  private static func areEqual(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
  ) -> Bool {
    guard left.count == right.count else { return false }
    guard let leftStart = left.baseAddress, let rightStart = right.baseAddress else { return true }
    // SAFETY: both buffers hold `left.count` bytes.
    return memcmp(leftStart, rightStart, left.count) == 0
  }
}
