public import JobMessages
internal import ProtobufWire

extension JobCloner {
  /// Removes a job that does not run; its contents go when no other job refers to them.
  ///
  /// Its operations stay. One that still plans its uploads ends in the same change, cancelled.
  ///
  /// - Returns: the operation, done.
  public func delete(
    _ request: DeleteProjectJobRequest, for caller: Caller
  ) async throws(JobError) -> LongRunningOperation {
    let id = request.jobID
    var unfinished: LongRunningOperation?
    let operation = try await perform(.delete, request, job: id, for: caller) {
      (stored, now) async throws(JobError) in
      try stored.job.requireRest()
      var change = JobChange(of: stored, to: nil)
      change.newOperation = .init(
        doneOperation(
          "Delete job \(id)", by: caller.principal, at: now,
          metadata: DeleteProjectJobMetadata.with { $0.jobID = id }, response: ProtobufEmpty()))
      // The one that makes the job: it does not run.
      unfinished = try await storing { [store] () async throws(StoreError) in
        try await store.unfinishedOperation(of: stored.job)
      }
      if let unfinished {
        change.updatedOperation = .init(
          unfinished.failed(.cancelled("the operation"), at: now), holder: nil)
      }
      return change
    }
    if let unfinished {
      worker.cancel(unfinished.id)
      events.ended(unfinished.id)
    }
    await forgetLogs(ofJob: id)
    return operation
  }

  /// Gives up the data of a job that does not run: its contents, and nothing that Get shows.
  ///
  /// - Returns: the operation, done; also for a job whose data was cleared before.
  public func deleteData(
    _ request: DeleteProjectJobDataRequest, for caller: Caller
  ) async throws(JobError) -> LongRunningOperation {
    let id = request.jobID
    let operation = try await perform(.deleteData, request, job: id, for: caller) {
      (stored, now) async throws(JobError) in
      var change = try clearing(stored)
      change.newOperation = .init(
        doneOperation(
          "Delete data of job \(id)", by: caller.principal, at: now,
          metadata: DeleteProjectJobDataMetadata.with { $0.jobID = id },
          response: DeleteProjectJobDataResponse()))
      return change
    }
    await forgetLogs(ofJob: id)
    return operation
  }

  /// Gives up the data of all jobs of a project.
  ///
  /// While one of them runs nothing is given up. The operation is stored when all data is given up:
  /// a call that breaks off before has cleared a part, and repeating it clears the rest.
  ///
  /// - Returns: the operation, done.
  public func deleteAllData(
    _ request: DeleteAllProjectJobDataRequest, for caller: Caller
  ) async throws(JobError) -> LongRunningOperation {
    let (now, projectID) = (clock.now(), request.projectID)
    let keyed = KeyedRequest(
      request, JobAction.deleteAllData.fullName, caller: caller, keys: store.keys, policy, at: now)
    if let keyed, let earlier = try await earlier(keyed) {
      return try await repeated(
        earlier, for: caller.principal, orMissing: .project, projectID, at: now)
    }
    var violations = Violations()
    RequestChecks.id(projectID, "project_id", &violations)
    RequestChecks.idempotencyKey(caller.idempotencyKey, &violations)
    try violations.throwIfAny()
    try await gate.requireCreating(
      in: projectID, as: caller.principal, orMissing: .project, projectID)
    try await requireRest(inProject: projectID)
    try await clearAllData(inProject: projectID)

    let operation = doneOperation(
      "Delete data of all jobs in project \(projectID)", by: caller.principal, at: now,
      metadata: DeleteAllProjectJobDataMetadata.with { $0.projectID = projectID },
      response: DeleteAllProjectJobDataResponse())
    let outcome = try await storing { [store] () async throws(StoreError) in
      try await store.add(
        StoredOperation(operation: operation, projectID: projectID, jobID: ""),
        idempotency: keyed?.claim)
    }
    if let keyed, let earlier = try await earlier(keyed, outcome) {
      return try await reply(earlier, for: caller.principal)
    }
    return operation
  }

  // MARK: Pieces

  /// The change that gives up a job's data.
  private func clearing(_ stored: StoredJob) throws(JobError) -> JobChange {
    try stored.job.requireRest()
    var job = stored.job
    job.dataCleared = true
    var change = JobChange(of: stored, to: job)
    change.releasesContents = true
    return change
  }

  private func clearAllData(inProject projectID: String) async throws(JobError) {
    var query = JobQuery(projectID: projectID, limit: Self.clearedPage)
    query.byteLimit = policy.limits.pageSize
    while true {
      try requireCall()
      let page = try await storing { [store, query] () async throws(StoreError) in
        try await store.page(matching: query)
      }
      for job in page.jobs where !job.dataCleared {
        do throws(JobError) {
          _ = try await change(job: job.id) { (stored) throws(JobError) in try clearing(stored) }
          await forgetLogs(ofJob: job.id)
        } catch  where .notFound ~= error {
          continue  // It was deleted meanwhile, and its data with it.
        }
      }
      guard page.hasMore, let last = page.jobs.last else { return }
      query.after = .init(createdAt: last.createdAt ?? ProtobufTimestamp(), id: last.id)
    }
  }

  /// How many jobs are looked at together.
  private static let clearedPage = 100

  /// Refuses a project of which a job runs.
  private func requireRest(inProject projectID: String) async throws(JobError) {
    var busy: [JobError.PreconditionViolation] = []
    for status in JobStatus.running {
      var query = JobQuery(projectID: projectID, limit: Self.clearedPage)
      query.statuses = [status]
      query.byteLimit = policy.limits.pageSize
      let page = try await storing { [store, query] () async throws(StoreError) in
        try await store.jobs(matching: query)
      }
      busy += page.map { .running($0.id) }
    }
    if !busy.isEmpty { throw .failedPrecondition(busy) }
  }
}

extension Job {
  /// Refuses a job that runs.
  func requireRest() throws(JobError) {
    if status.isRunning { throw .failedPrecondition([.running(id)]) }
  }
}

extension JobError.PreconditionViolation {
  /// A job that runs, and should not.
  static func running(_ id: String) -> Self {
    .init(type: "JOB_RUNNING", subject: id, description: "the job is being executed")
  }
}
