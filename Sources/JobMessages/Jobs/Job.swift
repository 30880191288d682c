public import ProtobufWire

/// A job: what was asked for, and what became of it.
public struct Job: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.Job"

  /// The id, assigned by the server.
  public var id = ""
  /// The name, chosen by the user; it need not be unique.
  public var name = ""
  /// Free text about the job.
  public var desc = ""
  /// When it was created.
  public var createdAt: ProtobufTimestamp?
  /// When execution ended, in whatever way.
  public var finishedAt: ProtobufTimestamp?
  /// The stage of its life that the job is in.
  public var status = JobStatus(rawValue: 0)
  /// The client's configuration file, verbatim.
  public var config = ""
  /// The id of the user who created it.
  public var createdByID = ""
  /// The id of the project.
  public var projectID = ""
  /// What runs, on what, with which files.
  public var jobParameters: JobParameters?
  /// When the job's data are deleted.
  public var dataExpiresAt: ProtobufTimestamp?
  /// Whether the job's data have been deleted.
  public var dataCleared = false
  /// The files that the job wrote.
  public var outputFiles: [File] = []
  /// The files of the job's logs.
  public var logFiles: [File] = []
  /// Files that help to find out why a job failed.
  public var diagnosticFiles: [File] = []
  /// The size of all the job's data in bytes.
  public var dataSizeBytes: Int64 = 0
  /// When execution began.
  public var startedAt: ProtobufTimestamp?
  /// What the status alone does not say, for people to read.
  public var statusDetails = ""
  /// The machine type that the job got.
  public var actualCloudInstanceType: CloudInstanceType?
  /// The id of the job that this one was cloned from; empty if none.
  public var parentJobID = ""
  /// The files that could not be stored.
  public var fileErrors: [FileUploadError] = []
  /// The datasets that the job wrote.
  public var outputDatasets: [OutputDataset] = []

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &id)
    try decoder.string(2, &name)
    try decoder.string(3, &desc)
    try decoder.message(4, &createdAt)
    try decoder.message(5, &finishedAt)
    try decoder.enumeration(6, &status)
    try decoder.string(7, &config)
    try decoder.string(8, &createdByID)
    try decoder.string(9, &projectID)
    try decoder.message(10, &jobParameters)
    try decoder.message(11, &dataExpiresAt)
    try decoder.bool(12, &dataCleared)
    try decoder.repeatedMessage(13, &outputFiles)
    try decoder.repeatedMessage(14, &logFiles)
    try decoder.repeatedMessage(15, &diagnosticFiles)
    try decoder.int64(16, &dataSizeBytes)
    try decoder.message(17, &startedAt)
    try decoder.string(18, &statusDetails)
    try decoder.message(19, &actualCloudInstanceType)
    try decoder.string(20, &parentJobID)
    try decoder.repeatedMessage(21, &fileErrors)
    try decoder.repeatedMessage(22, &outputDatasets)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "id", id)
    visitor.string(2, "name", name)
    visitor.string(3, "desc", desc)
    visitor.message(4, "created_at", createdAt)
    visitor.message(5, "finished_at", finishedAt)
    visitor.enumeration(6, "status", status)
    visitor.string(7, "config", config)
    visitor.string(8, "created_by_id", createdByID)
    visitor.string(9, "project_id", projectID)
    visitor.message(10, "job_parameters", jobParameters)
    visitor.message(11, "data_expires_at", dataExpiresAt)
    visitor.bool(12, "data_cleared", dataCleared)
    visitor.repeatedMessage(13, "output_files", outputFiles)
    visitor.repeatedMessage(14, "log_files", logFiles)
    visitor.repeatedMessage(15, "diagnostic_files", diagnosticFiles)
    visitor.int64(16, "data_size_bytes", dataSizeBytes)
    visitor.message(17, "started_at", startedAt)
    visitor.string(18, "status_details", statusDetails)
    visitor.message(19, "actual_cloud_instance_type", actualCloudInstanceType)
    visitor.string(20, "parent_job_id", parentJobID)
    visitor.repeatedMessage(21, "file_errors", fileErrors)
    visitor.repeatedMessage(22, "output_datasets", outputDatasets)
  }
}
