public import ProtobufWire

/// Asks where a service is found.
public struct GetApiEndpointRequest: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.endpoint.GetApiEndpointRequest"

  /// The id of the service.
  public var apiEndpointID = ""

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &apiEndpointID)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "api_endpoint_id", apiEndpointID)
  }
}
