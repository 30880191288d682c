internal import GRDB
internal import JobCloning
internal import Synchronization

/// Creations on their way into the database, many in one transaction.
///
/// While one transaction is being synchronised, the creations that arrive gather for the next, so
/// that the cost of reaching the disk is shared under load and nobody waits for company without it.
/// A creation that was handed over is completed whatever becomes of the task that waits for it.
final class CreationQueue: Sendable {
  private typealias Outcome = Result<CommittedOutcome, any Error>

  private struct Waiting: Sendable {
    let creation: EncodedCreation
    let reply: CheckedContinuation<Outcome, Never>
  }

  private enum State {
    /// Nothing is under way. Goes to `working`, or to `closed`.
    case idle
    /// The writer works on a batch, and these wait. Goes back to `idle`, or to `closing`.
    case working([Waiting])
    /// As `working`, and no more are taken. Goes to `closed`.
    case closing([Waiting])
    /// No creation is taken any more. Final.
    case closed
  }

  /// Creations in one transaction at the most: it bounds how long the first waits for the last.
  private static let batchSize = 128

  private let pool: DatabasePool
  private let state = Mutex(State.idle)

  init(pool: DatabasePool) {
    self.pool = pool
  }

  /// Stores one creation and returns when it is durable, or when it is certain that it is not.
  func store(_ creation: EncodedCreation) async throws -> CommittedOutcome {
    let outcome: Outcome = await withCheckedContinuation { reply in
      add(Waiting(creation: creation, reply: reply))
    }
    return try outcome.get()
  }

  /// Takes no more creations; those under way are completed.
  func close() {
    state.withLock { state in
      switch state {
      case .idle: state = .closed
      case .working(let waiting): state = .closing(waiting)
      case .closing, .closed: break
      }
    }
  }

  /// How many creations wait for the transaction after the one under way.
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
    case .isRefused: waiting.reply.resume(returning: .failure(ClosedError()))
    }
  }

  private func start() {
    pool.asyncWriteWithoutTransaction { database in
      self.storeBatch(in: database)
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

  private func storeBatch(in database: Database) {
    let batch = takeBatch()
    do {
      let outcomes = try CreationTransaction.store(batch.map(\.creation), in: database)
      for (waiting, outcome) in zip(batch, outcomes) {
        waiting.reply.resume(returning: .success(outcome))
      }
    } catch {
      if batch.count == 1 || CreationTransaction.isBusy(error) {
        for waiting in batch { waiting.reply.resume(returning: .failure(error)) }
      } else {
        storeSingly(batch, in: database)
      }
    }
  }

  /// Gives each its own transaction: what is wrong with one must not fail the others.
  private func storeSingly(_ batch: [Waiting], in database: Database) {
    for waiting in batch {
      let outcome = Outcome {
        try CreationTransaction.store(waiting.creation, in: database)
      }
      waiting.reply.resume(returning: outcome)
    }
  }

  /// The store was closed before the creation was handed over.
  struct ClosedError: Error, CustomStringConvertible {
    var description: String { "the store is closed" }
  }
}
