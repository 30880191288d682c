public import JobMessages

extension JobCloner {
  /// Asks for a job that runs to be stopped; it is CANCELLING, and CANCELLED once its run is over.
  ///
  /// A graceful request lets the run stop by itself within the time of the job's graceful shutdown
  /// parameters, or ``OverridePolicy/gracefulShutdownTimeout`` where they say none; for a job
  /// without these parameters it is as any other. One that follows a graceful request may be more
  /// urgent, not less. A job that is CANCELLED already stays so: the request may be one again whose
  /// reply was lost.
  ///
  /// A job that another process runs hears of it within seconds, of a more urgent request as well.
  public func cancel(
    _ request: CancelProjectJobRequest, for caller: Caller
  ) async throws(JobError) -> ProtobufEmpty {
    try requireJobID(request.jobID, of: caller)
    guard runner != nil else { throw .noRunner }
    try await stop(
      request.jobID, reason: request.reason, gracefully: request.graceful,
      for: caller.principal)
    return ProtobufEmpty()
  }

  /// Stops the job that an operation runs, at once, and returns the operation as it is now.
  func stopJob(
    of stored: StoredOperation, for principal: Principal
  ) async throws(JobError) -> LongRunningOperation {
    do throws(JobError) {
      try await stop(stored.jobID, reason: "", gracefully: false, for: principal)
    } catch  where .failedPrecondition ~= error {
      // It ended in between, and cancelling is best effort.
    }
    let current = try await storedOperation(stored.operation.id) ?? stored
    return try await reply(current, for: principal)
  }

  /// Stops a job that runs.
  func stop(
    _ id: String, reason: String, gracefully: Bool, for principal: Principal
  ) async throws(JobError) {
    var isGraceful = false
    try await changeable(job: id, for: principal)
    _ = try await change(job: id) { (stored) async throws(JobError) in
      if stored.job.status == .cancelled { return nil }
      guard stored.job.status.isRunning else {
        throw .failedPrecondition([
          .init(type: "JOB_NOT_RUNNING", subject: id, description: "the job is not running")
        ])
      }
      isGraceful = gracefully && stored.job.canStopGracefully
      var job = stored.job
      if job.status == .cancelling {
        if isGraceful || stored.stopsAtOnce { return nil }
      } else {
        job.status = .cancelling
        job.statusDetails = reason.isEmpty ? "cancelled" : "cancelled: \(clipped(reason))"
      }
      var change = JobChange(of: stored, to: job)
      change.stopsAtOnce = !isGraceful
      return change
    }
    runs.cancel(id, gracefully: isGraceful)
  }
}
