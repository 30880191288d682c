public import ProtobufWire

/// Asks for a new job.
public struct CreateProjectJobRequest: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.CreateProjectJobRequest"

  /// The id of the project.
  public var projectID = ""
  /// What runs, on what, with which files.
  public var jobParameters: JobParameters?
  /// The client's configuration file, verbatim.
  public var config = ""
  /// The name of the new job; it need not be unique.
  public var name = ""
  /// Free text about the new job.
  public var desc = ""
  /// How long the job's data are kept; nil leaves it to the server.
  public var dataTtl: ProtobufDuration?

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &projectID)
    try decoder.message(2, &jobParameters)
    try decoder.string(3, &config)
    try decoder.string(4, &name)
    try decoder.string(5, &desc)
    try decoder.message(6, &dataTtl)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "project_id", projectID)
    visitor.message(2, "job_parameters", jobParameters)
    visitor.string(3, "config", config)
    visitor.string(4, "name", name)
    visitor.string(5, "desc", desc)
    visitor.message(6, "data_ttl", dataTtl)
  }
}
