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

  /// The operation, not done yet.
  func accepted() -> LongRunningOperation {
    .with {
      $0.id = id
      $0.description = summary
      $0.createdAt = createdAt
      $0.createdBy = createdBy.id
      $0.modifiedAt = createdAt
      switch method {
      case .create: $0.metadata = .init(packing: metadata(CreateProjectJobMetadata.self))
      case .clone: $0.metadata = .init(packing: metadata(CloneProjectJobMetadata.self))
      }
    }
  }

  /// The operation, done, with these files to upload.
  func completed(uploads: [StorageFile]) -> LongRunningOperation {
    var operation = accepted()
    operation.done = true
    operation.response = response(uploads: uploads)
    return operation
  }

  /// The response, with these files to upload.
  func response(uploads: [StorageFile]) -> ProtobufAny {
    switch method {
    case .create: .init(packing: response(CreateProjectJobResponse.self, uploads))
    case .clone: .init(packing: response(CloneProjectJobResponse.self, uploads))
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
