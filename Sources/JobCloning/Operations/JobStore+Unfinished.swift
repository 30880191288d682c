internal import JobMessages

extension JobStore {
  /// An operation on the job that is not done, if there is one.
  func unfinishedOperation(of job: Job) async throws(StoreError) -> LongRunningOperation? {
    var query = OperationQuery(projectID: job.projectID, limit: 1)
    query.jobID = job.id
    query.isDone = false
    return try await operations(matching: query).first?.operation
  }
}
