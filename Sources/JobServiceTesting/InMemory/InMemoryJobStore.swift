public import JobCloning
public import JobMessages
internal import Synchronization

/// A job store that lives as long as the process: for tests.
///
/// It keeps every promise of ``JobStore`` but durability, and fails on demand.
public final class InMemoryJobStore: JobStore {
  fileprivate struct State {
    var jobs: [String: Job] = [:]
    var operations: [String: StoredOperation] = [:]
    var claims: [ClaimScope: (claim: IdempotencyClaim, operationID: String)] = [:]
    var creations: [JobCreation] = []
    var failure: StoreError?
  }

  /// What an idempotency key belongs to.
  fileprivate struct ClaimScope: Hashable {
    let principalID: String
    let method: String
    let key: String

    init(_ claim: IdempotencyClaim) {
      principalID = claim.principalID
      method = claim.method
      key = claim.key
    }
  }

  /// The keys that seal what this store keeps.
  public let keys: KeyRing
  private let state = Mutex(State())

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

  /// Puts a job into the store, or replaces the one with its id.
  public func put(_ job: Job) { state.withLock { $0.jobs[job.id] = job } }

  /// Changes a stored job in place.
  public func update(jobID: String, _ change: @Sendable (inout Job) -> Void) {
    state.withLock { state in
      if var job = state.jobs[jobID] {
        change(&job)
        state.jobs[jobID] = job
      }
    }
  }

  // MARK: JobStore

  /// The job with this id, or nil.
  public func job(id: String) async throws(StoreError) -> Job? {
    try access { $0.jobs[id] }
  }

  /// Stores a creation, all of it or nothing.
  public func create(_ creation: JobCreation) async throws(StoreError) -> JobCreationOutcome {
    try access { state in
      if let claim = creation.idempotency, let outcome = state.outcome(of: claim) {
        return outcome
      }
      let job = creation.job
      let isTaken =
        creation.requiresUniqueName
        && state.jobs.values.contains {
          $0.projectID == job.projectID && isSame($0.name, job.name)
        }
      guard !isTaken else { return .nameTaken }
      state.jobs[job.id] = job
      state.operations[creation.operation.id] = StoredOperation(
        operation: creation.operation, projectID: job.projectID, jobID: job.id)
      if let claim = creation.idempotency {
        state.claims[ClaimScope(claim)] = (claim, creation.operation.id)
      }
      state.creations.append(creation)
      return .created
    }
  }

  /// A page of a project's jobs, newest first.
  public func jobs(matching query: JobQuery) async throws(StoreError) -> [Job] {
    try access { state in
      let sorted = state.jobs.values.filter(query.matches).sorted { $0.listingKey > $1.listingKey }
      let rest = sorted.drop { job in
        guard let after = query.after else { return false }
        return job.listingKey >= (after.createdAt.seconds, after.createdAt.nanos, after.id)
      }
      return Array(rest.prefix(query.limit))
    }
  }

  /// The operation with this id, or nil.
  public func operation(id: String) async throws(StoreError) -> StoredOperation? {
    try access { $0.operations[id] }
  }

  /// How an earlier request with this idempotency key ended, if there was one.
  public func idempotent(
    _ claim: IdempotencyClaim
  ) async throws(StoreError) -> JobCreationOutcome? {
    try access { $0.outcome(of: claim) }
  }

  private func access<Result: Sendable>(
    _ body: (inout State) -> Result
  ) throws(StoreError) -> Result {
    // The closure of `withLock` rethrows untyped errors, so the error crosses as a value.
    let outcome = state.withLock { state -> Swift.Result<Result, StoreError> in
      if let failure = state.failure { return .failure(failure) }
      return .success(body(&state))
    }
    return try outcome.get()
  }
}

extension InMemoryJobStore.State {
  fileprivate func outcome(of claim: IdempotencyClaim) -> JobCreationOutcome? {
    guard let (earlier, id) = claims[InMemoryJobStore.ClaimScope(claim)],
      (earlier.expiresAt.seconds, earlier.expiresAt.nanos)
        > (claim.claimedAt.seconds, claim.claimedAt.nanos),
      let operation = operations[id]
    else { return nil }
    return earlier.requestDigest == claim.requestDigest ? .repeated(operation) : .keyReused
  }
}

extension JobQuery {
  fileprivate func matches(_ job: Job) -> Bool {
    job.projectID == projectID
      && (status ?? job.status) == job.status
      && isSame(name ?? job.name, job.name)
      && isSame(createdByID ?? job.createdByID, job.createdByID)
      && isSame(parentJobID ?? job.parentJobID, job.parentJobID)
  }
}

/// Whether the texts have the same bytes, as a database compares them; Swift's `==` also holds
/// different spellings of one Unicode text equal.
private func isSame(_ left: String, _ right: String) -> Bool {
  left.utf8.elementsEqual(right.utf8)
}

extension Job {
  fileprivate var listingKey: (Int64, Int32, String) {
    (createdAt?.seconds ?? 0, createdAt?.nanos ?? 0, id)
  }
}
