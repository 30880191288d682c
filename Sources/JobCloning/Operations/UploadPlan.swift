internal import JobMessages
internal import ProtobufWire

/// What an operation needs to know to say, at any later time, what is to be uploaded.
///
/// Its encoded form is the response as it would be if nothing were stored: the files that the
/// request brought, verbatim. The rest is in the job.
struct UploadPlan {
  private let response: ProtobufAny
  private let files: JobFiles

  /// What the object storage is to be asked about.
  var questions: Set<ContentID> { files.questions }

  /// The bytes that keep a plan.
  static func payload(_ draft: OperationDraft, bringing files: JobFiles) -> [UInt8] {
    draft.response(uploads: files.allUploads).serializedBytes()
  }

  /// The plan that these bytes keep, for its job as it is now.
  init(payload: [UInt8], of job: Job) throws(JobError) {
    do {
      response = try ProtobufAny(serializedBytes: payload)
    } catch {
      throw JobError(.internal, "internal error", cause: error)
    }
    let brought = try response.uploadFiles() ?? []
    files = JobFiles(
      bringing: brought.compactMap(\.file), to: job.jobParameters ?? JobParameters())
  }

  /// The response, given what is stored.
  func response(given stored: Set<ContentID>) throws(JobError) -> ProtobufAny {
    try response.replacingUploadFiles(with: files.uploads(stored: stored))
  }
}
