public import JobMessages
public import Logging
internal import Safeguards

/// Makes jobs, from nothing or from other jobs, and shows them: the domain behind the services.
///
/// All that counts is in the store, so any number of cloners, in any number of processes, may work
/// on one. Safe to call from any task. Every method throws a ``JobError`` that holds all its caller
/// may know. A server also runs a ``BackgroundOperations`` of its cloner, and a ``Housekeeper``.
public final class JobCloner: Sendable {
  /// What may be overridden, and how much of everything a job may have.
  public let policy: OverridePolicy

  let store: any JobStore
  let objects: any ObjectStorage
  let clock: any WallClock
  /// What measures pauses and time limits.
  let timer: any Clock<Duration>
  let ids: any IDGenerator
  let logger: Logger
  let gate: AccessGate
  let uploads: UploadURLs
  /// Completes the operations that were not done when they were answered.
  let worker: OperationWorker
  let events = OperationEvents()
  /// What runs jobs; nil when this server only keeps them.
  let runner: (any JobRunner)?
  let logs: any JobLogs
  let runs = RunningJobs()
  let downloads: DownloadURLs

  /// A cloner over these stores.
  ///
  /// - Parameters:
  ///   - store: keeps jobs and operations.
  ///   - objects: keeps the contents of files.
  ///   - policy: what may be overridden, and how much of everything a job may have.
  ///   - authorizer: says who may do what in which project.
  ///   - clock: tells the time of day.
  ///   - ids: makes the ids of jobs and operations.
  ///   - timer: measures pauses and time limits.
  ///   - runner: runs jobs; without one they are kept, and cannot be executed.
  ///   - logs: keeps what running jobs write.
  ///   - logger: gets what goes wrong after a call was answered.
  public init(
    store: any JobStore, objects: any ObjectStorage, policy: OverridePolicy = .init(),
    authorizer: any Authorizer = OpenAuthorizer(), clock: any WallClock = SystemClock(),
    ids: any IDGenerator = TimeOrderedIDs(), timer: any Clock<Duration> = ContinuousClock(),
    runner: (any JobRunner)? = nil, logs: any JobLogs = InMemoryJobLogs(),
    logger: Logger = Logger(label: "job-cloning") { _ in SwiftLogNoOpLogHandler() }
  ) {
    self.store = store
    self.objects = objects
    self.policy = policy
    self.clock = clock
    self.timer = timer
    self.ids = ids
    self.runner = runner
    self.logs = logs
    self.logger = logger.safe
    gate = AccessGate(authorizer: authorizer)
    uploads = UploadURLs(objects: objects, lifetime: policy.uploadURLLifetime)
    downloads = DownloadURLs(objects: objects, lifetime: policy.uploadURLLifetime)
    worker = OperationWorker(
      store: store, clock: clock, timer: timer, leaseTime: policy.operationLease,
      logger: self.logger)
  }

  /// Makes a job of a source job's parameters with the request's overrides merged over them.
  ///
  /// When this returns, the job and the operation are on stable storage. The same idempotency key
  /// with the same request returns the operation of then in its current state, and makes nothing.
  ///
  /// - Returns: the operation, with a URL for each file that the caller is to upload. It is not done
  ///   when the object storage took too long (``OverridePolicy/planningTime``): see
  ///   ``waitForOperation(_:for:timeout:)``.
  public func clone(
    _ request: CloneProjectJobRequest, for caller: Caller
  ) async throws(JobError) -> LongRunningOperation {
    let now = clock.now()
    let keyed = KeyedRequest(
      request, JobMethod.clone.fullName, caller: caller, keys: store.keys, policy, at: now)
    if let keyed, let earlier = try await earlier(keyed) {
      return try await repeated(
        earlier, for: caller.principal, orMissing: .job, request.sourceJobID, at: now)
    }
    var violations = Violations()
    guard RequestChecks.id(request.sourceJobID, "source_job_id", &violations) else {
      let unfounded = NewJobRequest(request, source: nil)
      throw refusal(of: unfounded, for: caller, at: now, violations)
    }
    let found = try await changeable(job: request.sourceJobID, for: caller.principal)
    let source = try await value(of: found, request.sourceJobID)
    return try await make(
      NewJobRequest(request, source: source), for: caller, keyed, at: now)
  }

  /// Makes a job of the request's parameters: a clone of nothing, checked and stored alike.
  ///
  /// - Returns: the operation, with a URL for each file that the caller is to upload.
  public func create(
    _ request: CreateProjectJobRequest, for caller: Caller
  ) async throws(JobError) -> LongRunningOperation {
    let now = clock.now()
    let keyed = KeyedRequest(
      request, JobMethod.create.fullName, caller: caller, keys: store.keys, policy, at: now)
    if let keyed, let earlier = try await earlier(keyed) {
      return try await repeated(
        earlier, for: caller.principal, orMissing: .project, request.projectID, at: now)
    }
    var violations = Violations()
    guard RequestChecks.id(request.projectID, "project_id", &violations) else {
      throw refusal(of: NewJobRequest(request), for: caller, at: now, violations)
    }
    try await gate.requireCreating(
      in: request.projectID, as: caller.principal, orMissing: .project, request.projectID)
    return try await make(NewJobRequest(request), for: caller, keyed, at: now)
  }
}
