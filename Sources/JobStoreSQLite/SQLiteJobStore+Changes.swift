public import JobCloning

extension SQLiteJobStore {
  /// The job with this id and the number of its state, or nil.
  public func storedJob(id: String) async throws(StoreError) -> StoredJob? {
    guard let stored = try await read({ try JobTable.stored(id: id, in: $0) }) else { return nil }
    return try decode(stored)
  }

  /// Changes a job, if it still is in the state that the change is made to.
  public func change(_ change: JobChange) async throws(StoreError) -> JobChangeOutcome {
    let encoded = EncodedChange(change)
    switch try await write({ try JobWrites.change(encoded, in: $0) }) {
    case .changed(let revision): return .changed(revision: revision)
    case .conflict: return .conflict
    case .leaseLost: return .leaseLost
    case .repeated(let operation): return .repeated(try decode(operation))
    case .keyReused: return .keyReused
    }
  }

  /// Notes that upload URLs of the job are good until this second.
  ///
  /// That makes a new state of the job: a change from the state before, by somebody who thought
  /// that nobody could upload any more, ends in a conflict.
  public func extendUploads(ofJob id: String, until expiry: Int64) async throws(StoreError) {
    let noted = try await read { try JobTable.stored(id: id, in: $0)?.uploadsExpire }
    guard let noted, noted < expiry else { return }
    try await write { try JobTable.extendUploads(of: id, until: expiry, in: $0) }
  }

  /// A page of jobs of all projects, in the order of their ids, after the one given.
  public func jobs(
    due: DueJobs, after id: String?, limit: Int
  ) async throws(StoreError) -> [StoredJob] {
    let page = try await read { try JobTable.due(due, after: id, limit: limit, in: $0) }
    var jobs: [StoredJob] = []
    jobs.reserveCapacity(page.count)
    for stored in page { jobs.append(try decode(stored)) }
    return jobs
  }
}
