/// What was wrong with a protobuf encoding, and where.
public struct WireError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The rule of the wire format that was broken.
  public enum Reason: Hashable, Sendable {
    /// The bytes end inside a tag, a value or a group.
    case truncated
    /// A length reaches past the end of the enclosing message, or is over 2 GiB.
    case lengthOutOfBounds
    /// A varint is longer than ten bytes.
    case malformedVarint
    /// A tag has field number 0 or one over 2^29 - 1.
    case invalidFieldNumber
    /// A tag has wire type 6 or 7.
    case invalidWireType
    /// A group ends that was not begun, or ends with another field number.
    case unmatchedEndGroup
    /// A string is not valid UTF-8.
    case invalidUTF8
    /// Messages and groups are nested more than 100 deep.
    case nestingTooDeep
  }

  /// The rule that was broken.
  public var reason: Reason
  /// Where decoding stopped, counted in bytes from the start of the outermost encoding.
  ///
  /// For a length out of bounds and for invalid UTF-8 that is the first byte of the length or of the
  /// text, otherwise the byte behind the last one that was read.
  public var byteOffset: Int

  /// Creates an error for a rule broken at an offset of the outermost encoding.
  public init(_ reason: Reason, byteOffset: Int) {
    self.reason = reason
    self.byteOffset = byteOffset
  }

  /// One sentence for a log or a status message; it holds nothing of the input's content.
  public var description: String { "malformed protobuf at byte \(byteOffset): \(reason.text)" }
}

extension WireError.Reason {
  fileprivate var text: String {
    switch self {
    case .truncated: "the input ends inside a field"
    case .lengthOutOfBounds: "a length reaches past the end"
    case .malformedVarint: "a varint is longer than ten bytes"
    case .invalidFieldNumber: "a field number is out of range"
    case .invalidWireType: "a wire type does not exist"
    case .unmatchedEndGroup: "a group ends that was not begun"
    case .invalidUTF8: "a string is not valid UTF-8"
    case .nestingTooDeep: "messages are nested more than 100 deep"
    }
  }
}
