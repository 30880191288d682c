internal import Synchronization

/// A value that will be there, and that any number of tasks wait for, each as long as it likes.
final class Promise<Value: Sendable>: Sendable {
  private struct State {
    /// Set once, and then for good.
    var value: Value?
    var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    var tickets = 0
  }

  private let state: Mutex<State>

  /// A promise, kept already if there is a value.
  init(_ value: Value? = nil) { state = Mutex(State(value: value)) }

  /// The value, if it is there.
  var present: Value? { state.withLock { $0.value } }

  /// Gives every task that waits, or will wait, this value; a second value is dropped.
  func keep(_ value: Value) {
    let waiters = state.withLock { state in
      guard state.value == nil else { return [CheckedContinuation<Void, Never>]() }
      state.value = value
      defer { state.waiters = [:] }
      return Array(state.waiters.values)
    }
    for waiter in waiters { waiter.resume() }
  }

  /// The value once it is there; nil when the waiting task is cancelled first.
  func value() async -> Value? {
    let ticket = state.withLock { state in
      state.tickets += 1
      return state.tickets
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let waits = state.withLock { state in
          guard state.value == nil, !Task.isCancelled else { return false }
          state.waiters[ticket] = continuation
          return true
        }
        if !waits { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume()
    }
    return present
  }

  /// Longer than anybody waits; a clock that is to sleep for ever ends the process.
  private static var longestWait: Duration { .seconds(1 << 40) }

  /// The value if it is there in time; nil when it is not, or when the task is cancelled first.
  func value(within limit: Duration, on timer: any Clock<Duration>) async -> Value? {
    if let present { return present }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { _ = await self.value() }
      group.addTask { try? await timer.sleep(for: min(limit, Self.longestWait)) }
      await group.next()
      group.cancelAll()
    }
    return present
  }
}
