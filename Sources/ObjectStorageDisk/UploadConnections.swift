internal import Synchronization

/// The tasks of a server's connections.
///
/// Each connection gets its task on the event loop that accepted it: one that waited in a sequence
/// for somebody to take it would be dropped when the server is cancelled, which NIO answers by
/// ending the process.
final class UploadConnections: Sendable {
  private struct State {
    var tasks: [Int: Task<Void, Never>] = [:]
    var nextNumber = 0
    var isCancelled = false
  }

  /// What the connections are doing.
  let table = ConnectionTable()
  private let state = Mutex(State())

  /// Serves a connection until it ends, at once when ``cancelAll()`` was called.
  func start(_ serve: @escaping @Sendable () async -> Void) {
    state.withLock { state in
      let number = state.nextNumber
      state.nextNumber += 1
      // The task cannot remove itself before it was added: both need the lock.
      let task = Task {
        await serve()
        self.state.withLock { $0.tasks[number] = nil }
      }
      if state.isCancelled { task.cancel() }
      state.tasks[number] = task
    }
  }

  /// Breaks off every connection, those included that are still to come.
  func cancelAll() {
    let tasks = state.withLock { state in
      state.isCancelled = true
      return Array(state.tasks.values)
    }
    for task in tasks { task.cancel() }
    // A cancelled task closes its input only, which TLS cannot, and waits for what it still writes.
    table.cutAll()
  }

  /// Waits until no connection is served any more.
  func waitForAll() async {
    while let task = state.withLock({ $0.tasks.values.first }) { await task.value }
  }
}
