internal import JobMessages
internal import Logging
internal import Synchronization

/// The unfinished operations that this process works on, each under a lease that is kept up.
///
/// A piece of work ends when its operation is done, when its lease is lost to another process, or
/// when it is cancelled; then the lease is given up, so that others take over at once.
final class OperationWorker: Sendable {
  private struct Key: Hashable {
    let operationID: String
    let holder: String
  }

  private struct State {
    var tasks: [Key: Task<Void, Never>] = [:]
    /// Whether no further work is taken on.
    var isClosed = false
    var leases = 0
    var idle: Promise<Void>?
  }

  /// How one of the two halves of a piece of work ended.
  private enum Ending {
    case work(isOver: Bool)
    case lease(isLost: Bool)
  }

  private let store: any JobStore
  private let clock: any WallClock
  private let timer: any Clock<Duration>
  /// How many seconds a lease is good for.
  private let leaseTime: Int64
  private let logger: Logger
  /// Names this process, or this cloner in it, among all that share the store.
  private let name = String(UInt64.random(in: 0...UInt64.max), radix: 36)
  private let state = Mutex(State())

  init(
    store: any JobStore, clock: any WallClock, timer: any Clock<Duration>, leaseTime: Int64,
    logger: Logger
  ) {
    self.store = store
    self.clock = clock
    self.timer = timer
    self.leaseTime = leaseTime
    self.logger = logger
  }

  /// How many operations are being worked on.
  var count: Int { state.withLock { $0.tasks.count } }

  /// A lease from now on, of a holder that never was before.
  ///
  /// Were the holder the process, it could lose a lease and get it again, and work twice at once.
  func makeLease() -> OperationLease {
    let number = state.withLock { state in
      state.leases += 1
      return state.leases
    }
    return OperationLease(holder: "\(name)-\(number)", expires: leaseEnd)
  }

  /// When a lease ends that begins now, in seconds since 1970.
  private var leaseEnd: Int64 { clock.now().advanced(bySeconds: leaseTime).seconds }

  /// Works on an operation in a task of its own, and keeps up the lease that it has.
  ///
  /// - Parameter body: true when the operation is done or another's; false gives the lease up. Its
  ///   task is cancelled when the lease is lost, and by ``cancel(_:)`` and ``drain(within:)``.
  func start(
    _ operationID: String, under lease: OperationLease,
    _ body: @escaping @Sendable () async -> Bool
  ) async {
    let key = Key(operationID: operationID, holder: lease.holder)
    let isStarted = state.withLock { state in
      guard !state.isClosed else { return false }
      state.tasks[key] = Task {
        await run(key, body)
        ended(key)
      }
      return true
    }
    if !isStarted { await giveUp(key) }
  }

  /// Ends the work on an operation, if this process does it.
  func cancel(_ operationID: String) {
    let tasks = state.withLock { $0.tasks.filter { $0.key.operationID == operationID } }
    for task in tasks.values { task.cancel() }
  }

  /// Takes on no more work, and returns when there is none left.
  ///
  /// - Parameter grace: how long the work may go on; then, or when the calling task is cancelled,
  ///   it is broken off.
  func drain(within grace: Duration) async {
    let idle = state.withLock { state in
      state.isClosed = true
      let idle = state.idle ?? Promise(state.tasks.isEmpty ? () : nil)
      state.idle = idle
      return idle
    }
    if await idle.value(within: grace, on: timer) != nil { return }
    let tasks = state.withLock { Array($0.tasks.values) }
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
  }

  private func ended(_ key: Key) {
    let idle = state.withLock { state in
      state.tasks[key] = nil
      return state.tasks.isEmpty ? state.idle : nil
    }
    idle?.keep(())
  }

  private func run(_ key: Key, _ body: @escaping @Sendable () async -> Bool) async {
    let isOver = await withTaskGroup(of: Ending.self) { group in
      group.addTask { .work(isOver: await body()) }
      group.addTask { .lease(isLost: await self.keepLease(key)) }
      var isOver = false
      for await ending in group {
        // Whichever half ends first ends the other.
        group.cancelAll()
        switch ending {
        case .work(true), .lease(true): isOver = true
        case .work(false), .lease(false): break
        }
      }
      return isOver
    }
    if !isOver { await giveUp(key) }
  }

  /// Renews a lease until it is lost, or the task is cancelled; true when it is lost.
  private func keepLease(_ key: Key) async -> Bool {
    var expires = leaseEnd
    while true {
      do {
        try await timer.sleep(for: .seconds(leaseTime) / 3)
      } catch {
        return false
      }
      let renewed = OperationLease(holder: key.holder, expires: leaseEnd)
      do throws(StoreError) {
        guard try await store.renew(renewed, ofOperation: key.operationID) else { return true }
        expires = renewed.expires
      } catch {
        logger.warning(
          "lease not renewed",
          metadata: ["operation": "\(key.operationID)", "error": "\(error)"])
        if clock.now().seconds >= expires { return true }
      }
    }
  }

  /// Lets others take over at once; where that fails the lease runs out by itself.
  private func giveUp(_ key: Key) async {
    // In a task of its own: this one may be cancelled, and a store may refuse it for that.
    await Task {
      let over = OperationLease(holder: key.holder, expires: clock.now().seconds)
      do throws(StoreError) {
        _ = try await store.renew(over, ofOperation: key.operationID)
      } catch {
        logger.debug(
          "lease not given up",
          metadata: ["operation": "\(key.operationID)", "error": "\(error)"])
      }
    }.value
  }
}
