public import ProtobufWire

/// A 64-bit number that may be absent.
public struct ProtobufInt64Value: Message {
  /// The full protobuf name.
  public static let fullName = "google.protobuf.Int64Value"

  /// The number.
  public var value: Int64 = 0

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Creates the message from its fields.
  public init(value: Int64) {
    self.value = value
  }

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.int64(1, &value)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.int64(1, "value", value)
  }
}
