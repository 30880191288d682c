public import ProtobufWire

/// What the operation of Execute is about, and how far it is.
public struct ExecuteProjectJobMetadata: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.ExecuteProjectJobMetadata"

  /// The whole job; deprecated in the schema in favour of `metadata`.
  public var job: Job?
  /// How far the job has come.
  public var progress: JobProgress?
  /// The essentials of the job.
  public var metadata: JobMetadata?

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.message(1, &job)
    try decoder.message(2, &progress)
    try decoder.message(3, &metadata)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.message(1, "job", job)
    visitor.message(2, "progress", progress)
    visitor.message(3, "metadata", metadata)
  }
}
