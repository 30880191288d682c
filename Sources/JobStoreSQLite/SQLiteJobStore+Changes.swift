public import JobCloning
extension SQLiteJobStore {
  /// The job with this id and the number of its state, or nil.
  public func storedJob(id: String) async throws(StoreError) -> StoredJob? { throw .later }

  /// Changes a job, if it still is in the state that the change is made to.
  public func change(_ change: JobChange) async throws(StoreError) -> JobChangeOutcome {
    throw .later
  }

  /// Notes that upload URLs of the job are good until this second.
  public func extendUploads(ofJob id: String, until expiry: Int64) async throws(StoreError) {
    throw .later
  }

  /// A page of jobs of all projects, in the order of their ids, after the one given.
  public func jobs(
    due: DueJobs, after id: String?, limit: Int
  ) async throws(StoreError) -> [StoredJob] { throw .later }

  /// Stores an operation that changes no job, such as one on a whole project.
  public func add(
    _ operation: StoredOperation, idempotency: IdempotencyClaim?
  ) async throws(StoreError) -> JobCreationOutcome { throw .later }

  /// A page of a project's operations, newest first.
  public func operations(
    matching query: OperationQuery
  ) async throws(StoreError) -> [StoredOperation] { throw .later }

  /// Takes over work whose lease is over at second `now`, for this lease, oldest first.
  public func claimUnfinished(
    for lease: OperationLease, now: Int64, limit: Int
  ) async throws(StoreError) -> [UnfinishedOperation] { throw .later }

  /// Prolongs a lease; false when its holder does not have it any more.
  public func renew(
    _ lease: OperationLease, ofOperation id: String
  ) async throws(StoreError) -> Bool { throw .later }

  /// Forgets operations that were done before `time`, and keys that had expired at `now`.
  public func forget(
    operationsDoneBefore time: Int64, keysExpiredAt now: Int64, limit: Int
  ) async throws(StoreError) -> Int { throw .later }

  /// A number that every removal of a content makes greater.
  public func contentEpoch() async throws(StoreError) -> Int64 { throw .later }

  /// Marks those of the contents for removal that no live job refers to.
  public func markUnreferenced(_ contents: [StoredContent]) async throws(StoreError) {
    throw .later
  }

  /// Contents that are marked for removal, oldest mark first.
  public func markedContents(limit: Int) async throws(StoreError) -> [StoredContent] {
    throw .later
  }

  /// Removes marked contents to which still no live job refers, and takes their marks away.
  public func removeMarked(
    _ contents: [StoredContent],
    with remove: @escaping @Sendable (StoredContent) async throws(StoreError) -> Void
  ) async throws(StoreError) -> [StoredContent] { throw .later }
}

extension StoreError {
  fileprivate static let later = StoreError(.misconfigured, "not there yet")
}
