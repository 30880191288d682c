public import ProtobufWire

/// Where all services are found.
public struct ListApiEndpointsResponse: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.endpoint.ListApiEndpointsResponse"

  /// The services and their addresses.
  public var endpoints: [ApiEndpoint] = []
  /// The token of the page that follows; empty on the last page.
  public var nextPageToken = ""

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.repeatedMessage(1, &endpoints)
    try decoder.string(2, &nextPageToken)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.repeatedMessage(1, "endpoints", endpoints)
    visitor.string(2, "next_page_token", nextPageToken)
  }
}
