public import ProtobufWire

/// Asks whether a service is being served.
public struct HealthCheckRequest: Message {
  /// The full protobuf name.
  public static let fullName = "grpc.health.v1.HealthCheckRequest"

  /// The full name of the service; empty asks for the server as a whole.
  public var service = ""

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Creates the message from its fields.
  public init(service: String) {
    self.service = service
  }

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &service)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "service", service)
  }
}
