public import ProtobufWire

/// Asks to keep the data of a job for another length of time.
public struct SetProjectJobDataTtlRequest: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.SetProjectJobDataTtlRequest"

  /// The id of the job.
  public var jobID = ""
  /// How long from now the data are kept.
  public var ttl: ProtobufDuration?

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &jobID)
    try decoder.message(2, &ttl)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "job_id", jobID)
    visitor.message(2, "ttl", ttl)
  }
}
