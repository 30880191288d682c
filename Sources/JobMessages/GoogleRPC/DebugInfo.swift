public import ProtobufWire

/// Where in the server an error arose.
public struct DebugInfo: Message {
  /// The full protobuf name.
  public static let fullName = "google.rpc.DebugInfo"

  /// The stack, innermost frame first.
  public var stackEntries: [String] = []
  /// Anything more that the server tells.
  public var detail = ""

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.repeatedString(1, &stackEntries)
    try decoder.string(2, &detail)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.repeatedString(1, "stack_entries", stackEntries)
    visitor.string(2, "detail", detail)
  }
}
