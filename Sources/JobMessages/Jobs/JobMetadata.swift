public import ProtobufWire

/// The essentials of a job, small enough to go with an operation.
public struct JobMetadata: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.JobMetadata"

  /// The id, assigned by the server.
  public var id = ""
  /// The name, chosen by the user; it need not be unique.
  public var name = ""
  /// Free text about the job.
  public var description = ""
  /// When it was created.
  public var createdAt: ProtobufTimestamp?
  /// When execution began.
  public var startedAt: ProtobufTimestamp?
  /// When execution ended, in whatever way.
  public var finishedAt: ProtobufTimestamp?
  /// When the job's data are deleted.
  public var dataExpiresAt: ProtobufTimestamp?
  /// The stage of its life that the job is in.
  public var status = JobStatus(rawValue: 0)
  /// What the status alone does not say, for people to read.
  public var statusDetails = ""
  /// The id of the user who created it.
  public var createdByID = ""
  /// The id of the project.
  public var projectID = ""
  /// The id of the job that this one was cloned from; empty if none.
  public var parentJobID = ""

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &id)
    try decoder.string(2, &name)
    try decoder.string(3, &description)
    try decoder.message(4, &createdAt)
    try decoder.message(5, &startedAt)
    try decoder.message(6, &finishedAt)
    try decoder.message(7, &dataExpiresAt)
    try decoder.enumeration(8, &status)
    try decoder.string(9, &statusDetails)
    try decoder.string(10, &createdByID)
    try decoder.string(11, &projectID)
    try decoder.string(12, &parentJobID)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "id", id)
    visitor.string(2, "name", name)
    visitor.string(3, "description", description)
    visitor.message(4, "created_at", createdAt)
    visitor.message(5, "started_at", startedAt)
    visitor.message(6, "finished_at", finishedAt)
    visitor.message(7, "data_expires_at", dataExpiresAt)
    visitor.enumeration(8, "status", status)
    visitor.string(9, "status_details", statusDetails)
    visitor.string(10, "created_by_id", createdByID)
    visitor.string(11, "project_id", projectID)
    visitor.string(12, "parent_job_id", parentJobID)
  }
}
