public import JobMessages
internal import ProtobufWire

extension JobCloner {
  /// Has a job run by the runner that the cloner was made with.
  ///
  /// All its contents must be stored. Repeated for one job this returns the same operation, at any
  /// time, and runs nothing again.
  ///
  /// - Returns: the operation; it is not done.
  public func execute(
    _ request: ExecuteProjectJobRequest, for caller: Caller
  ) async throws(JobError) -> LongRunningOperation {
    let (now, id) = (clock.now(), request.jobID)
    try requireJobID(id, of: caller)
    guard runner != nil else { throw .noRunner }
    let keyed = KeyedRequest(
      request, JobAction.execute.fullName, caller: caller, keys: store.keys, policy, at: now)
    if let keyed, let earlier = try await earlier(keyed) {
      try await gate.requireCreating(
        in: earlier.projectID, as: caller.principal, orMissing: .job, id)
      return try await reply(earlier, for: caller.principal)
    }
    var execution: StoredOperation?
    try await changeable(job: id, for: caller.principal)
    let decided = try await change(job: id) { (stored) async throws(JobError) in
      execution = try await self.execution(of: stored.job)
      if execution != nil { return nil }
      try await requireExecutable(stored.job, at: now)
      return beginning(stored, by: caller.principal, keyed, at: now)
    }
    if let execution { return try await repeated(execution, keyed, for: caller.principal) }
    guard let decided, let begun = decided.change.newOperation, let work = begun.work else {
      throw JobError(.internal, "internal error")
    }
    guard case .changed = decided.outcome else {
      guard let earlier = try await earlier(keyed, decided.outcome) else {
        throw JobError(.internal, "internal error")
      }
      return try await reply(earlier, for: caller.principal)
    }
    let projectID = decided.change.job?.projectID ?? ""
    await start(
      UnfinishedOperation(
        StoredOperation(operation: begun.operation, projectID: projectID, jobID: id),
        work: work))
    return begun.operation
  }

  /// The reply for a job that was executed before; the key leads to that execution from now on.
  private func repeated(
    _ execution: StoredOperation, _ keyed: KeyedRequest?, for principal: Principal
  ) async throws(JobError) -> LongRunningOperation {
    guard let keyed else { return try await reply(execution, for: principal) }
    let outcome = try await storing { [store] () async throws(StoreError) in
      try await store.add(execution, idempotency: keyed.claim)
    }
    let earlier = try await earlier(keyed, outcome)
    return try await reply(earlier ?? execution, for: principal)
  }

  /// The operation that runs or ran the job, if it was ever executed and that is not forgotten.
  func execution(of job: Job) async throws(JobError) -> StoredOperation? {
    if job.status == .creating { return nil }
    let pageSize = 100
    var query = OperationQuery(projectID: job.projectID, limit: pageSize)
    query.jobID = job.id
    while true {
      let page = try await storing { [store, query] () async throws(StoreError) in
        try await store.operations(matching: query)
      }
      if let found = page.first(where: \.operation.executesJob) { return found }
      guard page.count == pageSize, let last = page.last?.operation else { return nil }
      query.after = .init(createdAt: last.createdAt ?? ProtobufTimestamp(), id: last.id)
    }
  }

  private func requireExecutable(_ job: Job, at now: ProtobufTimestamp) async throws(JobError) {
    guard job.status == .creating else {
      throw .failedPrecondition([
        .init(type: "JOB_ENDED", subject: job.id, description: "the job has ended; clone it")
      ])
    }
    try job.requireData(at: now)
    try SizeChecks.requireReadable(job, policy.limits)
    try await requireStored(job.suppliedFiles, of: job)
  }

  private func beginning(
    _ stored: StoredJob, by principal: Principal, _ keyed: KeyedRequest?, at now: ProtobufTimestamp
  ) -> JobChange {
    var job = stored.job
    job.status = .executing
    job.startedAt = now
    let operation = LongRunningOperation.with {
      $0.id = ids.makeID(prefix: policy.idPrefix)
      $0.description = "Execute job \(job.id)"
      $0.createdAt = now
      $0.createdBy = principal.id
      $0.modifiedAt = now
      $0.metadata = .execution(of: job)
    }
    var change = JobChange(of: stored, to: job)
    change.newOperation = .init(
      operation, work: OperationWork(.execute, payload: [], lease: worker.makeLease()))
    change.idempotency = keyed?.claim
    return change
  }

  private func start(_ unfinished: UnfinishedOperation) async {
    await worker.start(unfinished.stored.operation.id, under: unfinished.work.lease) {
      await self.run(unfinished, isResumed: false)
    }
  }
}
