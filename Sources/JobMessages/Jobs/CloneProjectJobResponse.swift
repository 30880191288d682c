public import ProtobufWire

/// The outcome of Clone.
public struct CloneProjectJobResponse: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.CloneProjectJobResponse"

  /// The id of the new job.
  public var jobID = ""
  /// The contents that the server does not have yet, each with the URL to write it to.
  public var uploadFiles: [StorageFile] = []

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Creates the message from its fields.
  public init(jobID: String, uploadFiles: [StorageFile]) {
    self.jobID = jobID
    self.uploadFiles = uploadFiles
  }

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &jobID)
    try decoder.repeatedMessage(2, &uploadFiles)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "job_id", jobID)
    visitor.repeatedMessage(2, "upload_files", uploadFiles)
  }
}
