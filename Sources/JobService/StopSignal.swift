internal import Synchronization

/// Tells calls that last until something ends them that the server is about to stop.
///
/// Safe to use from any task.
final class StopSignal: Sendable {
  private struct State {
    var isGiven = false
    var waiters: [Int: AsyncStream<Void>.Continuation] = [:]
    var nextWaiter = 0
  }

  private let state = Mutex(State())

  /// Gives the signal, once and for all.
  func give() {
    let waiters = state.withLock { state in
      state.isGiven = true
      defer { state.waiters = [:] }
      return state.waiters.values
    }
    for waiter in waiters { waiter.finish() }
  }

  /// Waits for the signal; returns early when the task is cancelled.
  private func wait() async {
    let (signal, end) = AsyncStream.makeStream(of: Void.self)
    let waiter = state.withLock { state -> Int? in
      guard !state.isGiven else { return nil }
      state.nextWaiter += 1
      state.waiters[state.nextWaiter] = end
      return state.nextWaiter
    }
    guard let waiter else { return }
    for await _ in signal {}
    state.withLock { _ = $0.waiters.removeValue(forKey: waiter) }
  }

  /// Runs the body until it is done or the signal is given, which cancels it.
  ///
  /// Returns when the body has, in any case; whether it was done before the signal.
  func running(_ body: @escaping @Sendable () async throws -> Void) async throws -> Bool {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        try await body()
        return true
      }
      group.addTask {
        await self.wait()
        return false
      }
      let isDone = try await group.next() ?? true
      group.cancelAll()
      // What the body throws because it was cancelled is of no interest.
      if !isDone { while (try? await group.next()) != nil {} }
      return isDone
    }
  }
}
