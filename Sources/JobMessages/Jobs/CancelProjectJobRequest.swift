public import ProtobufWire

/// Asks to stop a job.
public struct CancelProjectJobRequest: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.CancelProjectJobRequest"

  /// The id of the job.
  public var jobID = ""
  /// Why, for people to read.
  public var reason = ""
  /// Whether the job may first shut down by itself.
  public var graceful = false

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &jobID)
    try decoder.string(2, &reason)
    try decoder.bool(3, &graceful)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "job_id", jobID)
    visitor.string(2, "reason", reason)
    visitor.bool(3, "graceful", graceful)
  }
}
