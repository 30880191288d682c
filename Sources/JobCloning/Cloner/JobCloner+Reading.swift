public import JobMessages

extension JobCloner {
  /// The job with this id, without its secrets.
  public func job(
    _ request: GetProjectJobRequest, for principal: Principal
  ) async throws(JobError) -> Job {
    try RequestChecks.require(id: request.jobID, "job_id")
    let job = try await job(request.jobID)
    try await gate.requireReading(
      of: job.projectID, as: principal, orMissing: .job, request.jobID)
    return job.redacted()
  }

  /// The operation with this id, in its current state.
  ///
  /// Its response has upload URLs, made anew, if the caller may create jobs in the project.
  public func operation(
    _ request: GetOperationRequest, for principal: Principal
  ) async throws(JobError) -> LongRunningOperation {
    let stored = try await readable(request.operationID, for: principal)
    return try await reply(stored, for: principal)
  }

  /// Asks for an operation to be given up, and returns it in its current state.
  ///
  /// Cancelling is best effort: one that is done stays as it is.
  public func cancel(
    _ request: CancelOperationRequest, for principal: Principal
  ) async throws(JobError) -> LongRunningOperation {
    let stored = try await readable(request.operationID, for: principal)
    try await gate.requireCreating(
      in: stored.projectID, as: principal, orMissing: .operation, request.operationID)
    return try await reply(stored, for: principal)
  }

  /// The job with this id as it is stored, secrets sealed; whether anyone may see it is open.
  func job(_ id: String) async throws(JobError) -> Job {
    let job = try await storing { [store] () async throws(StoreError) in
      try await store.job(id: id)
    }
    guard let job else { throw .notFound(.job, id) }
    return job
  }

  private func readable(
    _ id: String, for principal: Principal
  ) async throws(JobError) -> StoredOperation {
    try RequestChecks.require(id: id, "operation_id")
    let stored = try await storing { [store] () async throws(StoreError) in
      try await store.operation(id: id)
    }
    guard let stored else { throw .notFound(.operation, id) }
    try await gate.requireReading(
      of: stored.projectID, as: principal, orMissing: .operation, id)
    return stored
  }

  private func reply(
    _ stored: StoredOperation, for principal: Principal
  ) async throws(JobError) -> LongRunningOperation {
    guard try await gate.mayCreate(in: stored.projectID, as: principal) else {
      return stored.operation
    }
    return try uploads.filled(stored, at: clock.now())
  }
}
