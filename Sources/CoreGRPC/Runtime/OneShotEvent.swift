internal import Synchronization

/// Something that happens once, and that any number of tasks can wait for.
final class OneShotEvent: Sendable {
  private enum State {
    case waiting([CheckedContinuation<Void, Never>])
    case happened
  }

  private let state = Mutex(State.waiting([]))

  /// Whether it has happened.
  var hasHappened: Bool {
    state.withLock { if case .happened = $0 { true } else { false } }
  }

  /// Lets it happen; again is no harm.
  func signal() {
    let waiters = state.withLock { state in
      guard case .waiting(let waiters) = state else { return [CheckedContinuation<Void, Never>]() }
      state = .happened
      return waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Returns when it has happened, cancelled or not.
  func wait() async {
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        guard case .waiting(var waiters) = state else { return true }
        waiters.append(continuation)
        state = .waiting(waiters)
        return false
      }
      if isOver { continuation.resume() }
    }
  }
}
