internal import CoreGRPC
internal import JobMessages
internal import ProtobufWire

/// A failed call as the command line shows it: status, message, every violation, request id.
struct CallFailure: Error, CustomStringConvertible {
  let description: String

  /// A failed call.
  ///
  /// - Parameters:
  ///   - server: where it went.
  ///   - key: the idempotency key of a command that changes something.
  init(_ error: RPCError, server: String, key: String? = nil) {
    var lines = ["\(error.code): \(error.message)"]
    if error.code == .unavailable { lines[0] = "No answer from \(server): \(error.message)" }
    let status = try? GoogleRPCStatus(serializedBytes: error.details)
    for detail in status?.details ?? [] {
      if let bad = try? detail.unpack(BadRequest.self), bad.fieldViolations.count > 1 {
        lines += bad.fieldViolations.map { "  \($0.field): \($0.description)" }
      }
      if let failed = try? detail.unpack(PreconditionFailure.self), failed.violations.count > 1 {
        lines += failed.violations.map { "  \($0.subject): \($0.description)" }
      }
    }
    if let requestID = error.initialMetadata["x-request-id"] {
      lines.append("  request id: \(requestID)")
    }
    if let key, error.code == .unavailable || error.code == .deadlineExceeded {
      lines.append("  It may have been done all the same. To repeat it and have it done once, say")
      lines.append("  --idempotency-key \(key)")
    }
    description = lines.joined(separator: "\n")
  }
}
