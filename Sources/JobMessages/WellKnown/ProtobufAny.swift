public import ProtobufWire

/// A message of any type, encoded, with the name of its type.
public struct ProtobufAny: Message {
  /// The full protobuf name.
  public static let fullName = "google.protobuf.Any"

  /// `type.googleapis.com/` and the message's full name.
  public var typeURL = ""
  /// The encoded message.
  public var value: [UInt8] = []

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Creates the message from its fields.
  public init(typeURL: String, value: [UInt8]) {
    self.typeURL = typeURL
    self.value = value
  }

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &typeURL)
    try decoder.bytes(2, &value)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "type_url", typeURL)
    visitor.bytes(2, "value", value)
  }
}
