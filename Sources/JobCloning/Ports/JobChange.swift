public import JobMessages

/// What one change of a stored job writes, all or none.
public struct JobChange: Sendable {
  /// The job's id.
  public var jobID: String
  /// The state that the change is made to; when the job has another by then, nothing is written.
  public var revision: Int64
  /// The job's new state, its secrets sealed; nil removes the job.
  ///
  /// Its operations stay.
  public var job: Job?
  /// The job's new ``StoredJob/stopsAtOnce``.
  public var stopsAtOnce: Bool
  /// Whether the job gives up its contents; a removed job always does.
  ///
  /// Those that no other live job of the project refers to are marked for removal in the same
  /// transaction.
  public var releasesContents = false
  /// Contents that the job refers to from now on, beside those it does already: its outputs.
  public var addedContents: [ContentID] = []
  /// What ``JobStore/contentEpoch()`` was before ``addedContents`` were looked for.
  ///
  /// The change ends in a conflict where a creation with the same contents would be refused.
  public var contentEpoch: Int64?
  /// An operation that begins, or began and ended, with the change.
  public var newOperation: NewOperation?
  /// A new state of an operation that there is already.
  public var updatedOperation: UpdatedOperation?
  /// The caller's idempotency key, which leads to ``newOperation``.
  public var idempotency: IdempotencyClaim?

  /// A change of a job from the state it was read in; `job` nil removes it.
  public init(of stored: StoredJob, to job: Job?) {
    jobID = stored.job.id
    revision = stored.revision
    stopsAtOnce = stored.stopsAtOnce
    self.job = job
  }

  /// An operation that is stored for the first time.
  public struct NewOperation: Sendable {
    /// The operation; the URLs in its response are empty.
    public var operation: LongRunningOperation
    /// What is left to do when it is not done.
    public var work: OperationWork?

    /// An operation and what is left to do.
    public init(_ operation: LongRunningOperation, work: OperationWork? = nil) {
      self.operation = operation
      self.work = work
    }
  }

  /// An operation that replaces its earlier state.
  public struct UpdatedOperation: Sendable {
    /// The operation; once it is done its work is forgotten.
    public var operation: LongRunningOperation
    /// Who must hold the operation's lease; nil: whoever holds it.
    ///
    /// An operation that is done already has no lease, and is not changed in either case.
    public var holder: String?

    /// A new state of an operation.
    public init(_ operation: LongRunningOperation, holder: String?) {
      self.operation = operation
      self.holder = holder
    }
  }
}

/// How a change of a job ended.
public enum JobChangeOutcome: Sendable, Hashable {
  /// Everything is stored, durably. The job's new revision; nil when it was removed.
  case changed(revision: Int64?)
  /// The job was changed or removed since it was read, or contents were since they were looked
  /// for: nothing is stored.
  case conflict
  /// The operation is done already, or another holder has its lease: nothing is stored.
  case leaseLost
  /// The idempotency key was used before with the same request: nothing is stored.
  case repeated(StoredOperation)
  /// The idempotency key was used before with another request: nothing is stored.
  case keyReused
}
