internal import GRDB
internal import Synchronization

/// Writes on their way into the database, many in one transaction.
///
/// While one transaction is being synchronised, the writes that arrive gather for the next, so that
/// the cost of reaching the disk is shared under load and nobody waits for company without it.
/// A write that was handed over is completed whatever becomes of the task that waits for it.
final class WriteQueue: Sendable {
  private struct Waiting: Sendable {
    /// Writes, and returns what tells the caller once that is committed.
    let perform: @Sendable (Database) throws -> @Sendable () -> Void
    /// Tells the caller that nothing is written.
    let fail: @Sendable (any Error) -> Void
  }

  private enum State {
    /// Nothing is under way. Goes to `working`, or to `closed`.
    case idle
    /// The writer works on a batch, and these wait. Goes back to `idle`, or to `closing`.
    case working([Waiting])
    /// As `working`, and no more are taken. Goes to `closed`.
    case closing([Waiting])
    /// No write is taken any more. Final.
    case closed
  }

  /// Writes in one transaction at the most: it bounds how long the first waits for the last.
  private static let batchSize = 128

  private let pool: DatabasePool
  private let checkpoints: LogCheckpoints
  private let state = Mutex(State.idle)

  init(pool: DatabasePool, checkpoints: LogCheckpoints) {
    self.pool = pool
    self.checkpoints = checkpoints
  }

  /// Runs a write and returns what it made when that is durable, or throws when it is certain that
  /// nothing is written.
  ///
  /// The lock for writing is held from the beginning, so that what `body` looks up stays true until
  /// it is committed, for other processes as well. Where `body` throws, what it wrote is undone and
  /// its neighbours in the transaction are not. It may run more than once; only what the last run
  /// wrote stays.
  func write<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    let outcome: Result<Value, any Error> = await withCheckedContinuation { reply in
      add(
        Waiting(
          perform: { database in
            let value = try body(database)
            return { reply.resume(returning: .success(value)) }
          },
          fail: { reply.resume(returning: .failure($0)) }))
    }
    return try outcome.get()
  }

  /// Takes no more writes; those under way are completed.
  func close() {
    state.withLock { state in
      switch state {
      case .idle: state = .closed
      case .working(let waiting): state = .closing(waiting)
      case .closing, .closed: break
      }
    }
  }

  /// How many writes wait for the transaction after the one under way.
  var waitingCount: Int {
    state.withLock { state in
      switch state {
      case .working(let waiting), .closing(let waiting): waiting.count
      case .idle, .closed: 0
      }
    }
  }

  private enum Addition {
    case mustStart, isQueued, isRefused
  }

  private func add(_ waiting: Waiting) {
    let addition: Addition = state.withLock { state in
      switch state {
      case .idle:
        state = .working([waiting])
        return .mustStart
      case .working(var queue):
        // Empties the state first, so that the array is appended to in place.
        state = .idle
        queue.append(waiting)
        state = .working(queue)
        return .isQueued
      case .closing, .closed:
        return .isRefused
      }
    }
    switch addition {
    case .mustStart: start()
    case .isQueued: break
    case .isRefused: waiting.fail(ClosedError())
    }
  }

  private func start() {
    pool.asyncWriteWithoutTransaction { database in
      self.writeBatch(in: database)
      // Once more for the rest: other work for the writer gets its turn in between.
      if !self.isFinished() { self.start() }
    }
  }

  private func isFinished() -> Bool {
    state.withLock { state in
      switch state {
      case .working(let waiting) where waiting.isEmpty:
        state = .idle
        return true
      case .closing(let waiting) where waiting.isEmpty:
        state = .closed
        return true
      case .working, .closing: return false
      case .idle, .closed: return true
      }
    }
  }

  private func takeBatch() -> [Waiting] {
    state.withLock { state in
      switch state {
      case .working(let waiting):
        state = .working(Array(waiting.dropFirst(Self.batchSize)))
        return Array(waiting.prefix(Self.batchSize))
      case .closing(let waiting):
        state = .closing(Array(waiting.dropFirst(Self.batchSize)))
        return Array(waiting.prefix(Self.batchSize))
      case .idle, .closed:
        return []
      }
    }
  }

  private func writeBatch(in database: Database) {
    let batch = takeBatch()
    do {
      var replies: [@Sendable () -> Void] = []
      replies.reserveCapacity(batch.count)
      try database.inTransaction(.immediate) {
        for waiting in batch { replies.append(try reply(to: waiting, in: database)) }
        return .commit
      }
      for reply in replies { reply() }
      checkpoints.committed(in: database)
    } catch {
      if batch.count == 1 || isBusy(error) {
        for waiting in batch { waiting.fail(error) }
      } else {
        writeSingly(batch, in: database)
      }
    }
  }

  /// Runs one write of a batch, in a savepoint: what is wrong with it must not fail the others.
  ///
  /// - Throws: when the error has ended the whole transaction, as one of a full disk may.
  private func reply(
    to waiting: Waiting, in database: Database
  ) throws -> @Sendable () -> Void {
    var reply: @Sendable () -> Void = {}
    do {
      try database.inSavepoint {
        reply = try waiting.perform(database)
        return .commit
      }
      return reply
    } catch  where database.isInsideTransaction {
      return { waiting.fail(error) }
    }
  }

  /// Gives each its own transaction, as the one of all failed.
  private func writeSingly(_ batch: [Waiting], in database: Database) {
    for waiting in batch {
      do {
        var reply: @Sendable () -> Void = {}
        try database.inTransaction(.immediate) {
          reply = try waiting.perform(database)
          return .commit
        }
        reply()
        checkpoints.committed(in: database)
      } catch {
        waiting.fail(error)
      }
    }
  }

  /// Whether the transaction did not even begin, as another process's did not end.
  private func isBusy(_ error: any Error) -> Bool {
    (error as? DatabaseError)?.resultCode == .SQLITE_BUSY
  }

  /// The store was closed before the write was handed over.
  struct ClosedError: Error, CustomStringConvertible {
    var description: String { "the store is closed" }
  }
}
