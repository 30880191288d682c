public import JobMessages

extension JobCloner {
  /// The job with this id, without its secrets.
  public func job(
    _ request: GetProjectJobRequest, for principal: Principal
  ) async throws(JobError) -> Job {
    try RequestChecks.require(id: request.jobID, "job_id")
    let found = try await readable(job: request.jobID, for: principal)
    guard found.size <= policy.limits.replySize else {
      throw .tooLarge(.job, request.jobID, found.size, limit: policy.limits.replySize)
    }
    return try await value(of: found, request.jobID).redacted()
  }

  /// The operation with this id, in its current state.
  ///
  /// Its response has upload URLs, made anew, if the caller may create jobs in the project. The id of
  /// a job stands for the operation that made the job: the contract names no other way from a job to
  /// fresh URLs.
  public func operation(
    _ request: GetOperationRequest, for principal: Principal
  ) async throws(JobError) -> LongRunningOperation {
    let id = request.operationID
    try RequestChecks.require(id: id, "operation_id")
    let found = try await find(operation: id)
    if found == nil, let stored = try await making(ofJob: id, for: principal) {
      return try await reply(stored, for: principal)
    }
    return try await reply(readable(found, id, for: principal), for: principal)
  }

  /// The operation that made a job, while it is remembered, if the caller may read it.
  private func making(
    ofJob id: String, for principal: Principal
  ) async throws(JobError) -> StoredOperation? {
    let job = try await storing { [store] () async throws(StoreError) in
      try await store.find(job: id)
    }
    guard let job else { return nil }
    try await gate.requireReading(of: job.projectID, as: principal, orMissing: .operation, id)
    return try await storing { [store] () async throws(StoreError) in
      var query = OperationQuery(projectID: job.projectID, limit: 100)
      query.jobID = id
      while true {
        let page = try await store.operations(matching: query)
        if let made = page.first(where: { $0.operation.makesJob }) { return made }
        guard page.count == query.limit, let last = page.last?.operation else { return nil }
        query.after = JobQuery.Cursor(createdAt: last.createdAt ?? ProtobufTimestamp(), id: last.id)
      }
    }
  }

  /// The job with this id, not read yet, if the caller may read it.
  func readable(
    job id: String, for principal: Principal
  ) async throws(JobError) -> Found<Job> {
    let found = try await find(id)
    try await gate.requireReading(of: found.projectID, as: principal, orMissing: .job, id)
    return found
  }

  /// The job with this id, not read yet, if the caller may create jobs in its project.
  @discardableResult
  func changeable(
    job id: String, for principal: Principal
  ) async throws(JobError) -> Found<Job> {
    let found = try await find(id)
    try await gate.requireCreating(in: found.projectID, as: principal, orMissing: .job, id)
    return found
  }

  /// A job that was found, as it is stored, secrets sealed.
  func value(of found: Found<Job>, _ id: String) async throws(JobError) -> Job {
    let job = try await storing { () async throws(StoreError) in try await found.value() }
    guard let job else { throw .notFound(.job, id) }
    return job
  }

  private func find(_ id: String) async throws(JobError) -> Found<Job> {
    let found = try await storing { [store] () async throws(StoreError) in
      try await store.find(job: id)
    }
    guard let found else { throw .notFound(.job, id) }
    return found
  }

  /// The operation with this id, if the caller may read it.
  func readable(
    _ id: String, for principal: Principal
  ) async throws(JobError) -> StoredOperation {
    try RequestChecks.require(id: id, "operation_id")
    return try await readable(find(operation: id), id, for: principal)
  }

  private func find(operation id: String) async throws(JobError) -> Found<StoredOperation>? {
    try await storing { [store] () async throws(StoreError) in
      try await store.find(operation: id)
    }
  }

  /// The operation that was found, if one was and the caller may read it.
  private func readable(
    _ found: Found<StoredOperation>?, _ id: String, for principal: Principal
  ) async throws(JobError) -> StoredOperation {
    guard let found else { throw .notFound(.operation, id) }
    try await gate.requireReading(
      of: found.projectID, as: principal, orMissing: .operation, id)
    let stored = try await storing { () async throws(StoreError) in try await found.value() }
    guard let stored else { throw .notFound(.operation, id) }
    return stored
  }

  /// The operation with this id; whether anyone may see it is open.
  func storedOperation(_ id: String) async throws(JobError) -> StoredOperation? {
    try await storing { [store] () async throws(StoreError) in try await store.operation(id: id) }
  }

  /// Answers that a project does not exist, unless the caller may read it.
  public func requireProject(_ id: String, for principal: Principal) async throws(JobError) {
    try RequestChecks.require(id: id, "project_id")
    try await gate.requireReading(of: id, as: principal, orMissing: .project, id)
  }

  /// The operation as its caller may see it.
  func reply(
    _ stored: StoredOperation, for principal: Principal
  ) async throws(JobError) -> LongRunningOperation {
    let now = clock.now()
    let stored = try await withDownloads(stored, at: now)
    guard try await gate.mayCreate(in: stored.projectID, as: principal) else {
      return stored.operation
    }
    return try await filled(stored, at: now)
  }

  /// A stored operation with download URLs for the files that it made, while they are there.
  private func withDownloads(
    _ stored: StoredOperation, at now: ProtobufTimestamp
  ) async throws(JobError) -> StoredOperation {
    let filled = try downloads.filled(stored, at: now)
    if filled == stored { return stored }
    let job = try await storing { [store] () async throws(StoreError) in
      try await store.job(id: stored.jobID)
    }
    return job.map { !$0.dataCleared } ?? false ? filled : stored
  }

  /// A stored operation with upload URLs made anew, whose end is noted before they are given out.
  ///
  /// The operation of a job that is gone, or whose data is, has none.
  func filled(
    _ stored: StoredOperation, at now: ProtobufTimestamp
  ) async throws(JobError) -> LongRunningOperation {
    let filled = try uploads.filled(stored, at: now)
    if filled == stored.operation { return filled }
    let isAwaited = try await storing { [store, uploads] () async throws(StoreError) in
      guard let job = try await store.storedJob(id: stored.jobID), !job.job.dataCleared else {
        return false
      }
      if job.uploadsExpire < uploads.expiry(at: now) {
        try await store.extendUploads(ofJob: job.job.id, until: uploads.notedExpiry(at: now))
      }
      return true
    }
    return isAwaited ? filled : stored.operation
  }
}
