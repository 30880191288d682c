public import ProtobufWire

/// Asks for a page of the jobs of a project.
public struct ListProjectJobRequest: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.ListProjectJobRequest"

  /// The id of the project.
  public var projectID = ""
  /// How many entries a page may have at most; 0 leaves it to the server.
  public var pageSize: Int64 = 0
  /// The `nextPageToken` of the page before; empty asks for the first page.
  public var pageToken = ""
  /// An expression that the jobs must meet; empty for all.
  public var filter = ""

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &projectID)
    try decoder.int64(2, &pageSize)
    try decoder.string(3, &pageToken)
    try decoder.string(4, &filter)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "project_id", projectID)
    visitor.int64(2, "page_size", pageSize)
    visitor.string(3, "page_token", pageToken)
    visitor.string(4, "filter", filter)
  }
}
