public import JobMessages
public import Logging
internal import Safeguards
public import ServiceLifecycle
internal import Synchronization

/// Clears away what has lived its time: data of jobs, contents, operations and idempotency keys.
///
/// Any number of processes may keep one store: each step is one that only the first of them takes.
/// A fault of a store is logged when it begins, and what it hindered is done at a later turn. Run
/// one in a service group, as ``BackgroundOperations`` shows; a test calls ``sweep(now:)`` instead.
public final class Housekeeper: Service {
  /// What has lived its time when; all but the interval is in seconds.
  ///
  /// Each value has a range, beyond which no housekeeper runs.
  public struct Rules: Sendable {
    /// How long to wait from one sweep to the next.
    public var interval = Duration.seconds(60)
    /// How long after its last upload URL a job may still lack a content before it fails.
    public var uploadGrace: Int64 = 3_600
    /// How much longer than an upload URL a content may be there without a job that refers to it.
    public var orphanMargin: Int64 = 86_400
    /// How long an upload may take before what is there of it is dropped.
    public var unfinishedUploadAge: Int64 = 86_400
    /// How long an operation that is done is remembered; never less than an idempotency key is.
    public var operationRetention: Int64 = 30 * 86_400
    /// How many jobs, contents or operations are looked at at once.
    public var pageSize = 100
    /// How many pages of each a sweep looks at at the most; the next one goes on from there.
    public var pagesPerSweep = 20

    /// Whether the first sweep takes the time of the clock as it is, however far it is from that of
    /// the last sweep.
    public var acceptsClock = false

    /// Rules with the defaults.
    public init() {}
  }

  /// What a sweep has done.
  public struct Sweep: Sendable, Hashable {
    /// Jobs whose data was cleared because it had expired.
    public var expiredJobs = 0
    /// Jobs that failed because their contents did not arrive.
    public var failedJobs = 0
    /// Contents that were removed because no job refers to them.
    public var removedContents = 0
    /// Operations and idempotency keys that were forgotten.
    public var forgotten = 0

    /// A sweep that had nothing to do.
    public init() {}
  }

  /// The rules that look at jobs.
  enum JobRule {
    case expired, unexecuted
  }

  /// Where a sweep that could not look at everything stopped.
  struct Cursors {
    var jobs: [JobRule: String] = [:]
    var orphans: StoredContent?
  }

  let cloner: JobCloner
  let rules: Rules
  let logger: Logger
  let faults = FaultLog()
  let cursors = Mutex(Cursors())
  let watch: ClockWatch

  /// A housekeeper of a cloner's stores, by the cloner's clock.
  public init(cloner: JobCloner, rules: Rules = Rules(), logger: Logger) {
    self.cloner = cloner
    self.rules = rules
    self.logger = logger.safe
    watch = ClockWatch(rules)
  }

  /// Sweeps from time to time, until the task is cancelled or the service group shuts down
  /// gracefully.
  ///
  /// - Throws: `StoreError` with `.misconfigured` when a rule or the policy is out of its range.
  public func run() async throws {
    try validate()
    await cancelWhenGracefulShutdown { [self] in
      while !Task.isCancelled {
        await sweep(now: cloner.clock.now())
        try? await cloner.timer.sleep(for: rules.interval)
      }
    }
  }

  private func validate() throws(StoreError) {
    try Rules.ranges.validate(rules)
    try cloner.policy.validate()
  }

  /// Clears away what has lived its time at `now`, up to a bounded amount of work.
  ///
  /// With a rule or a policy that is out of its range it clears nothing, and the log says why. Nor
  /// does it after a jump of the clock: when the last sweep of the store was more than a day ago, or
  /// ahead, nothing is cleared for an hour of running, or until the clock is right again.
  @discardableResult
  public func sweep(now: ProtobufTimestamp) async -> Sweep {
    var sweep = Sweep()
    do throws(StoreError) {
      try validate()
    } catch {
      logger.error("nothing swept", metadata: ["error": "\(error)"])
      return sweep
    }
    guard await isTrusted(now) else { return sweep }
    await attempt("expiring the data of jobs") { [self] () async throws(StoreError) in
      try await expireData(at: now, &sweep)
    }
    await attempt("failing jobs without their contents") { [self] () async throws(StoreError) in
      try await failUnexecuted(at: now, &sweep)
    }
    await attempt("finding contents without a job") { [self] () async throws(StoreError) in
      try await markOrphans(at: now)
    }
    await attempt("removing contents") { [self] () async throws(StoreError) in
      try await removeContents(&sweep)
    }
    await attempt("dropping unfinished uploads") { [self] () async throws(StoreError) in
      try await cloner.objects.dropUnfinishedUploads(
        startedBefore: now.seconds - rules.unfinishedUploadAge)
    }
    await attempt("forgetting operations") { [self] () async throws(StoreError) in
      try await forget(at: now, &sweep)
    }
    if sweep.expiredJobs > 0 {
      logger.notice(
        "the data of jobs has expired and is cleared", metadata: ["jobs": "\(sweep.expiredJobs)"])
    }
    logger.debug(
      "swept",
      metadata: [
        "expired": "\(sweep.expiredJobs)", "failed": "\(sweep.failedJobs)",
        "removed": "\(sweep.removedContents)", "forgotten": "\(sweep.forgotten)",
      ])
    return sweep
  }

  /// Runs one rule; its fault hinders no other rule.
  func attempt(_ rule: String, _ body: () async throws(StoreError) -> Void) async {
    if Task.isCancelled { return }
    do throws(StoreError) {
      try await body()
      faults.passed(rule, logger)
    } catch {
      // What a shutdown breaks off is no fault.
      if !Task.isCancelled { faults.report(error, rule, logger) }
    }
  }

  private func forget(at now: ProtobufTimestamp, _ sweep: inout Sweep) async throws(StoreError) {
    // A key that led to nothing would let the same request make a second job.
    let retention = max(rules.operationRetention, cloner.policy.idempotencyRetention)
    for _ in 0..<rules.pagesPerSweep where !Task.isCancelled {
      let forgotten = try await cloner.store.forget(
        operationsDoneBefore: now.seconds - retention, keysExpiredAt: now.seconds,
        limit: rules.pageSize)
      sweep.forgotten += forgotten
      if forgotten < rules.pageSize { return }
    }
  }
}
