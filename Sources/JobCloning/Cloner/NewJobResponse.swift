internal import JobMessages
internal import ProtobufWire

/// A response that says which job was made and what is to be uploaded for it.
protocol NewJobResponse: Message {
  var jobID: String { get set }
  var uploadFiles: [StorageFile] { get set }
}

extension CreateProjectJobResponse: NewJobResponse {}
extension CloneProjectJobResponse: NewJobResponse {}

/// The metadata of an operation that makes a job.
protocol NewJobMetadata: Message {
  var projectID: String { get set }
  var jobID: String { get set }
}

extension CreateProjectJobMetadata: NewJobMetadata {}
extension CloneProjectJobMetadata: NewJobMetadata {}

extension ProtobufAny {
  /// The upload files, if this is the response of a method that makes jobs; nil if it is not.
  func uploadFiles() throws(JobError) -> [StorageFile]? {
    try newJobResponse()?.uploadFiles
  }

  /// The same response with other upload files; any other message as it is.
  func replacingUploadFiles(with files: [StorageFile]) throws(JobError) -> ProtobufAny {
    guard var response = try newJobResponse() else { return self }
    response.uploadFiles = files
    return ProtobufAny(packing: response)
  }

  private func newJobResponse() throws(JobError) -> (any NewJobResponse)? {
    do {
      return try unpack(CloneProjectJobResponse.self) ?? unpack(CreateProjectJobResponse.self)
    } catch {
      throw JobError(.internal, "internal error", cause: error)
    }
  }
}
