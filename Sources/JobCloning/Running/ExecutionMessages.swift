internal import JobMessages
internal import ProtobufWire

extension ProtobufAny {
  /// The metadata of an operation that runs a job.
  ///
  /// The official client reads the deprecated `job`, whose place `metadata` takes.
  static func execution(of job: Job, progress: JobProgress? = nil) -> ProtobufAny {
    ProtobufAny(
      packing: ExecuteProjectJobMetadata.with {
        $0.job = job.redacted()
        $0.progress = progress
        $0.metadata = .with {
          $0.id = job.id
          $0.name = job.name
          $0.description = job.desc
          $0.createdAt = job.createdAt
          $0.startedAt = job.startedAt
          $0.finishedAt = job.finishedAt
          $0.dataExpiresAt = job.dataExpiresAt
          $0.status = job.status
          $0.statusDetails = job.statusDetails
          $0.createdByID = job.createdByID
          $0.projectID = job.projectID
          $0.parentJobID = job.parentJobID
        }
      })
  }
}

extension LongRunningOperation {
  /// Whether it is that of Execute.
  var executesJob: Bool { metadata?.isA(ExecuteProjectJobMetadata.self) ?? false }

  /// Its response, if it has one and is that of Execute.
  func executionResponse() throws(JobError) -> ExecuteProjectJobResponse? {
    do {
      return try response?.unpack(ExecuteProjectJobResponse.self)
    } catch {
      throw JobError(.internal, "internal error", cause: error)
    }
  }
}
