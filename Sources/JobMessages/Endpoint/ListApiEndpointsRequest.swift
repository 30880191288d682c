public import ProtobufWire

/// Asks where all services are found.
public struct ListApiEndpointsRequest: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.endpoint.ListApiEndpointsRequest"

  /// How many entries a page may have; deprecated in the schema.
  public var pageSize: Int64 = 0
  /// Where the page begins; deprecated in the schema.
  public var pageToken = ""

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.int64(1, &pageSize)
    try decoder.string(2, &pageToken)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.int64(1, "page_size", pageSize)
    visitor.string(2, "page_token", pageToken)
  }
}
