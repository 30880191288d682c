public import JobMessages

extension JobCloner {
  /// Sets how long a job's data is kept from now on; without `ttl` it is kept for good.
  ///
  /// Doing it twice does no more than doing it once, so an idempotency key has no effect.
  public func setDataTTL(
    _ request: SetProjectJobDataTtlRequest, for caller: Caller
  ) async throws(JobError) -> SetProjectJobDataTtlResponse {
    let now = clock.now()
    var violations = Violations()
    RequestChecks.id(request.jobID, "job_id", &violations)
    RequestChecks.timeToLive(request.ttl, "ttl", now: now, &violations)
    RequestChecks.idempotencyKey(caller.idempotencyKey, &violations)
    try violations.throwIfAny()
    try await changeable(job: request.jobID, for: caller.principal)
    let decided = try await change(job: request.jobID) { (stored) async throws(JobError) in
      try stored.job.requireData(at: now)
      var job = stored.job
      job.dataExpiresAt = request.ttl.flatMap { now.advanced(by: $0) }
      return JobChange(of: stored, to: job)
    }
    guard case .changed? = decided?.outcome else { throw JobError(.internal, "internal error") }
    return SetProjectJobDataTtlResponse()
  }
}
