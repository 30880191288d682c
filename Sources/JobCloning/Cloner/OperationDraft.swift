internal import JobMessages
internal import ProtobufWire

/// The operation that answers Create or Clone (clone-semantics §3).
struct OperationDraft {
  let id: String
  let method: JobMethod
  let summary: String
  let projectID: String
  let jobID: String
  let createdBy: Principal
  let createdAt: ProtobufTimestamp

  /// The operation, done, with these files to upload.
  func completed(uploads: [StorageFile]) -> LongRunningOperation {
    .with {
      $0.id = id
      $0.description = summary
      $0.createdAt = createdAt
      $0.createdBy = createdBy.id
      $0.modifiedAt = createdAt
      $0.done = true
      switch method {
      case .create:
        $0.metadata = .init(packing: metadata(CreateProjectJobMetadata.self))
        $0.response = .init(packing: response(CreateProjectJobResponse.self, uploads))
      case .clone:
        $0.metadata = .init(packing: metadata(CloneProjectJobMetadata.self))
        $0.response = .init(packing: response(CloneProjectJobResponse.self, uploads))
      }
    }
  }

  private func metadata<Metadata: NewJobMetadata>(_ type: Metadata.Type) -> Metadata {
    .with {
      $0.projectID = projectID
      $0.jobID = jobID
    }
  }

  private func response<Response: NewJobResponse>(
    _ type: Response.Type, _ uploads: [StorageFile]
  ) -> Response {
    .with {
      $0.jobID = jobID
      $0.uploadFiles = uploads
    }
  }
}

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
