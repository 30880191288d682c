internal import JobMessages
public import Logging
internal import Safeguards
public import ServiceLifecycle

/// Completes operations that were not done when their calls were answered (clone-semantics §3).
///
/// A cloner completes what it has accepted by itself. This service does so for what others have
/// accepted and did not complete because they crashed: whichever process comes first, and never two
/// of them. When its group shuts down it lets the work under way finish, and hands on the rest.
/// Run one for each cloner of a server, before the server itself, so that it is shut down after it:
///
/// ```swift
/// let cloner = JobCloner(store: store, objects: objects, logger: logger)
/// let group = ServiceGroup(
///   services: [
///     BackgroundOperations(cloner: cloner, logger: logger),
///     Housekeeper(cloner: cloner, logger: logger),
///     uploads, server,
///   ],
///   gracefulShutdownSignals: [.sigterm], logger: logger)
/// try await group.run()
/// ```
public struct BackgroundOperations: Service {
  /// How often others' work is looked for, and how much of it is done at once.
  public struct Configuration: Sendable {
    /// How long to wait from one look to the next.
    public var interval: Duration
    /// How many operations this process works on at the most before it takes over no others.
    public var maximumOperations: Int
    /// How long work may go on when the service shuts down.
    public var grace: Duration

    /// A configuration; the look is cheap.
    public init(
      interval: Duration = .seconds(5), maximumOperations: Int = 64, grace: Duration = .seconds(10)
    ) {
      self.interval = interval
      self.maximumOperations = maximumOperations
      self.grace = grace
    }
  }

  private let cloner: JobCloner
  private let configuration: Configuration
  private let logger: Logger
  private let faults = FaultLog()

  /// A service for what this cloner and others on the same store have accepted.
  ///
  /// - Parameters:
  ///   - cloner: what plans uploads, and runs jobs if it has a runner.
  ///   - configuration: how often, and how much at once.
  ///   - logger: gets the faults of stores.
  public init(
    cloner: JobCloner, configuration: Configuration = .init(), logger: Logger
  ) {
    self.cloner = cloner
    self.configuration = configuration
    self.logger = logger.safe
  }

  /// Works until the task is cancelled or the service group shuts down gracefully.
  ///
  /// - Throws: `StoreError` with `.misconfigured` when a value of the configuration or of the policy
  ///   is out of its range.
  public func run() async throws {
    try Configuration.ranges.validate(configuration)
    try cloner.policy.validate()
    while !Task.isCancelled, !Task.isShuttingDownGracefully {
      await takeOver()
      let (timer, interval) = (cloner.timer, configuration.interval)
      try? await cancelWhenGracefulShutdown { try await timer.sleep(for: interval) }
    }
    await cloner.worker.drain(within: configuration.grace)
  }

  /// One look: takes over operations whose lease is over, and returns while they are worked on.
  ///
  /// Without a runner runs are left to processes that have one.
  ///
  /// - Returns: how many were taken over.
  @discardableResult
  public func takeOver() async -> Int {
    let room = configuration.maximumOperations - cloner.worker.count
    guard room > 0 else { return 0 }
    let lease = cloner.worker.makeLease()
    let kinds: Set<OperationWork.Kind> =
      cloner.runner == nil ? [.planUploads] : [.planUploads, .execute]
    let claimed: [UnfinishedOperation]
    do throws(StoreError) {
      claimed = try await cloner.store.claimUnfinished(
        kinds, for: lease, now: cloner.clock.now().seconds, limit: room)
      faults.passed("take over", logger)
    } catch {
      faults.report(error, "take over", logger)
      return 0
    }
    for unfinished in claimed {
      logger.info(
        "operation taken over",
        metadata: [
          "operation": "\(unfinished.stored.operation.id)", "kind": "\(unfinished.work.kind)",
        ])
      await cloner.worker.start(unfinished.stored.operation.id, under: lease) {
        [cloner] in
        switch unfinished.work.kind {
        case .planUploads: await cloner.finishPlanning(unfinished, nil)
        case .execute: await cloner.run(unfinished, isResumed: true)
        }
      }
    }
    return claimed.count
  }
}
