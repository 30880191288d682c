public import ProtobufWire

/// Asks for the logs of a job.
public struct ReadProjectJobLogsRequest: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.ReadProjectJobLogsRequest"

  /// The id of the job.
  public var jobID = ""
  /// Where to begin, as a reply told it.
  public var offset: Int64 = 0

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &jobID)
    try decoder.int64(2, &offset)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "job_id", jobID)
    visitor.int64(2, "offset", offset)
  }
}
