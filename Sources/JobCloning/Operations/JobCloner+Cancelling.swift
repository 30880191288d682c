public import JobMessages

extension JobCloner {
  /// How often a change of a job is tried that others keep changing.
  private static let cancelAttempts = 10

  /// Asks for an operation to be given up, and returns it in its current state.
  ///
  /// One that makes a job ends in the error CANCELLED, and its job becomes CANCELLED: giving up is
  /// no failure. One that runs a job has that stopped at once, and ends when it is over. Cancelling
  /// is best effort: an operation that is done, or of another kind, stays as it is.
  public func cancel(
    _ request: CancelOperationRequest, for principal: Principal
  ) async throws(JobError) -> LongRunningOperation {
    var stored = try await readable(request.operationID, for: principal)
    try await gate.requireCreating(
      in: stored.projectID, as: principal, orMissing: .operation, request.operationID)
    if stored.operation.executesJob, !stored.operation.done {
      return try await stopJob(of: stored, for: principal)
    }
    for _ in 1...Self.cancelAttempts {
      guard stored.operation.makesJob, !stored.operation.done else { break }
      let outcome = try await storing { [store, clock, stored] () async throws(StoreError) in
        guard let job = try await store.storedJob(id: stored.jobID) else {
          return JobChangeOutcome.conflict
        }
        let error = JobError.cancelled("the operation")
        let cancelled = job.job.ended(.cancelled, error.message, at: clock.now())
        var change = JobChange(of: job, to: cancelled)
        change.updatedOperation = .init(
          stored.operation.failed(error, at: clock.now()), holder: nil)
        return try await store.change(change)
      }
      if case .changed = outcome {
        worker.cancel(stored.operation.id)
        events.ended(stored.operation.id)
      }
      stored = try await readable(request.operationID, for: principal)
    }
    return try await reply(stored, for: principal)
  }
}

extension LongRunningOperation {
  /// Whether it is that of Create or Clone.
  var makesJob: Bool {
    guard let metadata else { return false }
    return metadata.isA(CloneProjectJobMetadata.self) || metadata.isA(CreateProjectJobMetadata.self)
  }
}
