public import JobCloning
public import JobMessages
internal import ProtobufWire
internal import Synchronization

/// A job store that lives as long as the process: for tests.
///
/// It keeps every promise of `JobStore` but durability, and fails on demand.
public final class InMemoryJobStore: JobStore {
  /// The keys that seal what this store keeps.
  public let keys: KeyRing
  private let state = Mutex(InMemoryState())

  /// An empty store.
  public init(keys: KeyRing = .random()) { self.keys = keys }

  // MARK: For tests

  /// The error that every call throws from now on, or nil.
  public var failure: StoreError? {
    get { state.withLock { $0.failure } }
    set { state.withLock { $0.failure = newValue } }
  }

  /// Everything that was created, in order and as it arrived.
  public var creations: [JobCreation] { state.withLock { $0.creations } }

  /// How often a job was read by its id; to find one without reading it does not count.
  public var jobReads: Int { state.withLock { $0.jobReads } }

  /// How often an operation was read by its id.
  public var operationReads: Int { state.withLock { $0.operationReads } }

  /// Puts a job into the store, or replaces the one with its id.
  ///
  /// It refers to the contents of its input files and local modules.
  public func put(_ job: Job) { state.withLock { $0.put(job) } }

  /// Changes a stored job in place.
  public func update(jobID: String, _ change: @Sendable (inout Job) -> Void) {
    state.withLock { state in
      if var stored = state.jobs[jobID]?.stored {
        change(&stored.job)
        stored.revision += 1
        state.jobs[jobID]?.stored = stored
      }
    }
  }

  // MARK: JobStore

  /// The job with this id, or nil.
  public func job(id: String) async throws(StoreError) -> Job? {
    try access { state in
      state.jobReads += 1
      return state.jobs[id]?.stored.job
    }
  }

  /// Stores a creation, all of it or nothing.
  public func create(_ creation: JobCreation) async throws(StoreError) -> JobCreationOutcome {
    try await accessBetweenRemovals { $0.create(creation) }
  }

  /// A page of a project's jobs, newest first.
  public func page(matching query: JobQuery) async throws(StoreError) -> JobPage {
    try access { state in
      let found: [Job] = state.jobs.values.map(\.stored.job).filter(query.matches)
      let sorted = found.sorted { $0.listingKey > $1.listingKey }
      let rest = sorted.drop { job in
        guard let after = query.after else { return false }
        return job.listingKey >= (after.createdAt.seconds, after.createdAt.nanos, after.id)
      }
      var page = JobPage(jobs: [], hasMore: false)
      var bytes = query.byteLimit
      for job in rest {
        let shown = job.serializedSize > query.byteLimit ? job.searchable : job
        let fits = page.jobs.isEmpty || shown.serializedSize <= bytes
        guard fits, page.jobs.count < query.limit else {
          page.hasMore = true
          break
        }
        bytes -= shown.serializedSize
        page.jobs.append(shown)
      }
      return page
    }
  }

  /// The project and the size of the job with this id, and what reads it; or nil.
  public func find(job id: String) async throws(StoreError) -> Found<Job>? {
    guard let job = try access({ $0.jobs[id]?.stored.job }) else { return nil }
    return Found(projectID: job.projectID, size: job.serializedSize) {
      [self] () async throws(StoreError) in try await self.job(id: id)
    }
  }

  /// The project and the size of the operation with this id, and what reads it; or nil.
  public func find(operation id: String) async throws(StoreError) -> Found<StoredOperation>? {
    guard let stored = try access({ $0.operations[id]?.stored }) else { return nil }
    return Found(projectID: stored.projectID, size: stored.operation.serializedSize) {
      [self] () async throws(StoreError) in try await operation(id: id)
    }
  }

  /// The operation with this id, or nil.
  public func operation(id: String) async throws(StoreError) -> StoredOperation? {
    try access { state in
      state.operationReads += 1
      return state.operations[id]?.stored
    }
  }

  /// How an earlier request with this idempotency key ended, if there was one.
  public func idempotent(
    _ claim: IdempotencyClaim
  ) async throws(StoreError) -> JobCreationOutcome? {
    try access { $0.outcome(of: claim) }
  }

  /// Runs `body` alone with the state while no content is being removed.
  func accessBetweenRemovals<Result: Sendable>(
    _ body: (inout InMemoryState) -> Result
  ) async throws(StoreError) -> Result {
    while true {
      let result = try access { $0.waiting == nil ? body(&$0) : nil }
      if let result { return result }
      await withCheckedContinuation { turn in
        let isTurn = state.withLock { state in
          state.waiting?.append(turn)
          return state.waiting == nil
        }
        if isTurn { turn.resume() }
      }
    }
  }

  /// Lets those go on who wait for the end of a removal.
  func endRemoval(of content: StoredContent, isGone: Bool) {
    let waiting = state.withLock { state in
      defer { state.waiting = nil }
      if isGone { state.completeRemoval(of: content) }
      return state.waiting ?? []
    }
    for turn in waiting { turn.resume() }
  }

  /// Runs `body` alone with the state, unless the test makes every call fail.
  func access<Result: Sendable>(
    _ body: (inout InMemoryState) -> Result
  ) throws(StoreError) -> Result {
    // The closure of `withLock` rethrows untyped errors, so the error crosses as a value.
    let outcome = state.withLock { state -> Swift.Result<Result, StoreError> in
      if let failure = state.failure { return .failure(failure) }
      return .success(body(&state))
    }
    return try outcome.get()
  }
}

extension JobQuery {
  fileprivate func matches(_ job: Job) -> Bool {
    job.projectID == projectID
      && statuses?.contains(job.status) ?? true
      && Self.allows(names, job.name)
      && Self.allows(createdByIDs, job.createdByID)
      && Self.allows(parentJobIDs, job.parentJobID)
  }

  private static func allows(_ values: [String]?, _ value: String) -> Bool {
    values?.contains { isSame($0, value) } ?? true
  }
}

extension Job {
  /// What a store can search for.
  fileprivate var searchable: Job {
    var job = Job()
    job.id = id
    job.projectID = projectID
    job.createdAt = createdAt
    job.name = name
    job.status = status
    job.createdByID = createdByID
    job.parentJobID = parentJobID
    job.dataExpiresAt = dataExpiresAt.map { ProtobufTimestamp(seconds: $0.seconds) }
    return job
  }

  fileprivate var listingKey: (Int64, Int32, String) {
    (createdAt?.seconds ?? 0, createdAt?.nanos ?? 0, id)
  }
}
