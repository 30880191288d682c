public import ProtobufWire

/// What the operation of Create is about.
public struct CreateProjectJobMetadata: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.CreateProjectJobMetadata"

  /// The id of the project.
  public var projectID = ""
  /// The id of the job.
  public var jobID = ""

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Creates the message from its fields.
  public init(projectID: String, jobID: String) {
    self.projectID = projectID
    self.jobID = jobID
  }

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &projectID)
    try decoder.string(2, &jobID)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "project_id", projectID)
    visitor.string(2, "job_id", jobID)
  }
}
