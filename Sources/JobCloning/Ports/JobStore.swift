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

  /// The job with this id, or nil.
  func job(id: String) async throws(StoreError) -> Job?

  /// Stores a job, its operation, its references to contents and its idempotency key, all or none.
  ///
  /// The idempotency key is looked up inside the same transaction, so that of several simultaneous
  /// calls with one key exactly one creates (clone-semantics §5).
  func create(_ creation: JobCreation) async throws(StoreError) -> JobCreationOutcome

  /// A page of a project's jobs, newest first: by `created_at`, then by id, both descending.
  func jobs(matching query: JobQuery) async throws(StoreError) -> [Job]

  /// The operation with this id, or nil.
  func operation(id: String) async throws(StoreError) -> StoredOperation?

  /// The operation that an earlier request with this idempotency key made, if there is one.
  ///
  /// A look-up before the work starts; the one that decides is inside ``create(_:)``.
  func idempotent(_ claim: IdempotencyClaim) async throws(StoreError) -> JobCreationOutcome?
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
  /// `name = …`, if asked for.
  public var name: String?
  /// `status = …`, if asked for.
  public var status: JobStatus?
  /// `created_by_id = …`, if asked for.
  public var createdByID: String?
  /// `parent_job_id = …`, if asked for.
  public var parentJobID: String?
  /// The page starts after this job; nil starts at the newest.
  public var after: Cursor?
  /// How many jobs at the most.
  public var limit: Int

  /// All jobs of a project, newest first.
  public init(projectID: String, after: Cursor? = nil, limit: Int) {
    self.projectID = projectID
    self.after = after
    self.limit = limit
  }
}
