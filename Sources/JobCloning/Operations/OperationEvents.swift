internal import Synchronization

/// Tells tasks of this process that an operation has ended.
final class OperationEvents: Sendable {
  private struct Waiting {
    let end = Promise<Void>()
    var tasks = 0
  }

  private let waiting = Mutex<[String: Waiting]>([:])

  /// Calls `body` with what is kept when the operation ends from now on, not before.
  func watching<Result, Failure: Error>(
    _ id: String, _ body: (Promise<Void>) async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    let end = waiting.withLock { waiting in
      waiting[id, default: Waiting()].tasks += 1
      return waiting[id]?.end ?? Promise()
    }
    defer { leave(id, end) }
    return try await body(end)
  }

  /// Wakes those who wait for the operation.
  func ended(_ id: String) {
    waiting.withLock { $0.removeValue(forKey: id) }?.end.keep(())
  }

  private func leave(_ id: String, _ end: Promise<Void>) {
    waiting.withLock { waiting in
      guard waiting[id]?.end === end else { return }
      waiting[id]?.tasks -= 1
      if waiting[id]?.tasks == 0 { waiting[id] = nil }
    }
  }
}
