public import ProtobufWire

/// The address at which a service is found.
public struct ApiEndpoint: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.endpoint.ApiEndpoint"

  /// The id of the service, such as `datasphere`.
  public var id = ""
  /// Host and port.
  public var address = ""

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Creates the message from its fields.
  public init(id: String, address: String) {
    self.id = id
    self.address = address
  }

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &id)
    try decoder.string(2, &address)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "id", id)
    visitor.string(2, "address", address)
  }
}
