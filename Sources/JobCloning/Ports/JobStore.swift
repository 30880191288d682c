public import JobMessages

/// Where jobs, operations and idempotency keys are kept.
///
/// Implementations are safe to call from any task. A method that writes returns only when the write
/// is on stable storage (clone-semantics §3): a crash right after it loses nothing.
/// Every message is kept to the byte, unknown fields included. Secrets arrive sealed already, and
/// presigned URLs never arrive at all.
public protocol JobStore: Sendable {
  /// The keys that seal secrets and authenticate digests of what this store keeps.
  ///
  /// They live as long as the data: an embedded store keeps them in a file of its own beside it.
  var keys: KeyRing { get }

  /// The project and the size of the job with this id, and what reads it; or nil.
  func find(job id: String) async throws(StoreError) -> Found<Job>?

  /// The same of the operation with this id.
  func find(operation id: String) async throws(StoreError) -> Found<StoredOperation>?

  /// The job with this id, or nil.
  func job(id: String) async throws(StoreError) -> Job?

  /// Stores a job, its operation, its references to contents and its idempotency key, all or none.
  ///
  /// The idempotency key is looked up inside the same transaction, so that of several simultaneous
  /// calls with one key exactly one creates (clone-semantics §5).
  func create(_ creation: JobCreation) async throws(StoreError) -> JobCreationOutcome

  /// A page of a project's jobs, newest first: by `created_at`, then by id, both descending.
  ///
  /// It ends after ``JobQuery/limit`` jobs, or before the job whose message would take the page over
  /// ``JobQuery/byteLimit``; what does not fit is neither read nor decoded. A job that is larger
  /// than that by itself is shown by what the store can search for: id, project, name, status,
  /// creator, parent, creation and expiry. So every page that is not the last has a job.
  func page(matching query: JobQuery) async throws(StoreError) -> JobPage

  /// The operation with this id, or nil.
  func operation(id: String) async throws(StoreError) -> StoredOperation?

  /// The operation that an earlier request with this idempotency key made, if there is one.
  ///
  /// A look-up before the work starts; the one that decides is inside ``create(_:)``.
  func idempotent(_ claim: IdempotencyClaim) async throws(StoreError) -> JobCreationOutcome?

  // MARK: Changes

  /// The job with this id and the number of its state, or nil.
  func storedJob(id: String) async throws(StoreError) -> StoredJob?

  /// Changes a job, if it still is in the state that the change is made to.
  func change(_ change: JobChange) async throws(StoreError) -> JobChangeOutcome

  /// Notes that upload URLs of the job are good until this second; a time that is noted already is
  /// never shortened.
  ///
  /// That makes a new state of the job: a change from the state before, by somebody who thought
  /// that nobody could upload any more, ends in a conflict.
  func extendUploads(ofJob id: String, until expiry: Int64) async throws(StoreError)

  /// A page of jobs of all projects, in the order of their ids, after the one given.
  ///
  /// It ends after so many jobs, or before the one whose message would take it over
  /// ``DueJobs/byteLimit``, with at least one. Only an empty page is the last.
  func jobs(
    due: DueJobs, after id: String?, limit: Int
  ) async throws(StoreError) -> [StoredJob]

  // MARK: Operations

  /// Stores an operation that changes no job, such as one on a whole project.
  ///
  /// One that is there already stays as it is, and the key leads to it from now on.
  ///
  /// - Returns: as of a creation: `created`, `repeated` or `keyReused`.
  func add(
    _ operation: StoredOperation, idempotency: IdempotencyClaim?
  ) async throws(StoreError) -> JobCreationOutcome

  /// A page of a project's operations, newest first.
  func operations(matching query: OperationQuery) async throws(StoreError) -> [StoredOperation]

  /// Takes over work of these kinds whose lease is over at second `now`, for this lease, oldest
  /// first.
  ///
  /// Of several processes that ask at once only one gets an operation.
  func claimUnfinished(
    _ kinds: Set<OperationWork.Kind>, for lease: OperationLease, now: Int64, limit: Int
  ) async throws(StoreError) -> [UnfinishedOperation]

  /// Prolongs a lease; false when its holder does not have it any more.
  func renew(_ lease: OperationLease, ofOperation id: String) async throws(StoreError) -> Bool

  /// When a sweep last cleared things away, in seconds since 1970; nil when none ever did.
  func lastSweep() async throws(StoreError) -> Int64?

  /// Notes that a sweep clears things away at this second; it replaces what was noted before.
  func noteSweep(at second: Int64) async throws(StoreError)

  /// Forgets operations that were done before `time`, and keys that had expired at `now`.
  ///
  /// - Parameters:
  ///   - time: seconds since 1970.
  ///   - now: seconds since 1970.
  ///   - limit: how many of each at the most, so that others get their turn.
  /// - Returns: how many were forgotten.
  func forget(
    operationsDoneBefore time: Int64, keysExpiredAt now: Int64, limit: Int
  ) async throws(StoreError) -> Int

  // MARK: Contents

  /// A number that every removal of a content makes greater.
  ///
  /// A creation that names it is refused with ``JobCreationOutcome/contentsChanged`` when one of its
  /// contents was removed since, or when the removal of one has begun and not ended: what it took
  /// for stored may be gone. A store need not remember every removal for ever: it refuses a number
  /// from too long ago.
  func contentEpoch() async throws(StoreError) -> Int64

  /// Marks those of the contents for removal that no live job refers to.
  ///
  /// A mark alone is no more than an intention: a job that begins to refer to the content takes the
  /// mark away, and the content stays.
  func markUnreferenced(_ contents: [StoredContent]) async throws(StoreError)

  /// Contents that are marked for removal, oldest mark first.
  func markedContents(limit: Int) async throws(StoreError) -> [StoredContent]

  /// Removes marked contents to which still no live job refers, and takes their marks away.
  ///
  /// No job begins to refer to any content while `remove` runs, so that none can be created between
  /// the look for references and the removal; `remove` must not write to the store, as it would
  /// wait for itself. A content for which it throws keeps its mark, and its removal counts as begun:
  /// it may be gone all the same. The others are removed nevertheless.
  ///
  /// - Returns: those that were removed.
  /// - Throws: what `remove` threw first, if it removed none of the contents.
  func removeMarked(
    _ contents: [StoredContent],
    with remove: @escaping @Sendable (StoredContent) async throws(StoreError) -> Void
  ) async throws(StoreError) -> [StoredContent]
}

/// What one Create or Clone stores.
public struct JobCreation: Sendable {
  /// The new job, with its secrets sealed.
  public var job: Job
  /// The operation that answers the call; the URLs in its response are empty.
  public var operation: LongRunningOperation
  /// Every content that the job refers to: its input files and local modules, each once.
  public var contents: [ContentID]
  /// The caller's idempotency key, if it sent one.
  public var idempotency: IdempotencyClaim?
  /// Whether a live job of the project with the same name refuses the creation.
  public var requiresUniqueName: Bool
  /// What is left to do when the operation is not done.
  public var work: OperationWork?
  /// When the upload URLs of the first reply expire, in seconds since 1970; without any,
  /// ``StoredJob/awaitsNoUpload``.
  public var uploadsExpire: Int64 = 0
  /// What ``JobStore/contentEpoch()`` was before the contents were looked for; nil when nothing
  /// depends on what is stored.
  public var contentEpoch: Int64?

  /// A creation of a job together with its operation.
  public init(
    job: Job, operation: LongRunningOperation, contents: [ContentID],
    idempotency: IdempotencyClaim? = nil, requiresUniqueName: Bool = false
  ) {
    self.job = job
    self.operation = operation
    self.contents = contents
    self.idempotency = idempotency
    self.requiresUniqueName = requiresUniqueName
  }
}

/// How a creation ended.
public enum JobCreationOutcome: Sendable, Hashable {
  /// Everything is stored, durably.
  case created
  /// The idempotency key was used before with the same request: nothing is stored, this is the
  /// operation of then in its current state.
  case repeated(StoredOperation)
  /// The idempotency key was used before with another request: nothing is stored.
  case keyReused
  /// Another job of the project has the name, and names must be unique: nothing is stored.
  case nameTaken
  /// Contents were removed since they were looked for: nothing is stored, look again.
  case contentsChanged
}

/// An idempotency key as a store sees it (clone-semantics §5): scope, fingerprint, and end of life.
public struct IdempotencyClaim: Sendable, Hashable {
  /// The caller's principal id.
  public var principalID: String
  /// The full method name, such as `/yandex.cloud.datasphere.v2.jobs.ProjectJobService/Clone`.
  public var method: String
  /// The key that the caller sent.
  public var key: String
  /// HMAC of the request's deterministic encoding.
  public var requestDigest: [UInt8]
  /// When the key was claimed; one whose ``expiresAt`` is not after it counts as absent.
  public var claimedAt: ProtobufTimestamp
  /// Until when the key is remembered.
  public var expiresAt: ProtobufTimestamp

  /// A claim of a key within its scope.
  public init(
    principalID: String, method: String, key: String, requestDigest: [UInt8],
    claimedAt: ProtobufTimestamp, expiresAt: ProtobufTimestamp
  ) {
    self.principalID = principalID
    self.method = method
    self.key = key
    self.requestDigest = requestDigest
    self.claimedAt = claimedAt
    self.expiresAt = expiresAt
  }
}

/// An operation with what access checks need to know of it.
public struct StoredOperation: Sendable, Hashable {
  /// The operation; the URLs in its response are empty.
  public var operation: LongRunningOperation
  /// The project that it belongs to.
  public var projectID: String
  /// The job that it made or acts on.
  public var jobID: String

  /// An operation of a project's job.
  public init(operation: LongRunningOperation, projectID: String, jobID: String) {
    self.operation = operation
    self.projectID = projectID
    self.jobID = jobID
  }
}

/// Which jobs of a project to list.
public struct JobQuery: Sendable, Hashable {
  /// Where a page starts: after this job in the listing's order.
  public struct Cursor: Sendable, Hashable {
    /// `created_at` of the last job of the page before.
    public var createdAt: ProtobufTimestamp
    /// Its id.
    public var id: String

    /// A position in a listing.
    public init(createdAt: ProtobufTimestamp, id: String) {
      self.createdAt = createdAt
      self.id = id
    }
  }

  /// The project.
  public var projectID: String
  /// The names to be found, compared byte for byte; nil is any.
  public var names: [String]?
  /// The statuses to be found; nil is any.
  public var statuses: [JobStatus]?
  /// The values of `created_by_id` to be found, compared byte for byte; nil is any.
  public var createdByIDs: [String]?
  /// The values of `parent_job_id` to be found, compared byte for byte; nil is any.
  public var parentJobIDs: [String]?
  /// The page starts after this job; nil starts at the newest.
  public var after: Cursor?
  /// How many jobs at the most.
  public var limit: Int
  /// How many bytes of messages at the most.
  public var byteLimit = Int.max

  /// All jobs of a project, newest first.
  public init(projectID: String, after: Cursor? = nil, limit: Int) {
    self.projectID = projectID
    self.after = after
    self.limit = limit
  }
}
