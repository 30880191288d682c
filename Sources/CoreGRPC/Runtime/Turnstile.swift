internal import Synchronization

/// Lets one task through at a time, in the order of arrival, and waits for an event of each.
///
/// Core allows one message under way in each direction of a call. A task enters, starts its
/// operation and sleeps until ``complete(_:)`` brings the operation's outcome; then the next enters.
final class Turnstile<Outcome: Sendable>: Sendable {
  private struct State {
    /// Somebody has entered and not left.
    var isTaken = false
    var waiting: [CheckedContinuation<Void, Never>] = []
    /// Whoever has entered and sleeps.
    var sleeper: CheckedContinuation<Outcome, Never>?
  }

  private let state = Mutex(State())

  /// Starts an operation when it is this task's turn, and returns its outcome.
  ///
  /// - Parameter start: starts the operation; what it returns other than nil is the outcome of an
  ///   operation that did not start.
  func pass(_ start: () -> Outcome?) async -> Outcome {
    await enter()
    defer { leave() }
    return await withCheckedContinuation { continuation in
      state.withLock { $0.sleeper = continuation }
      if let outcome = start() { complete(outcome) }
    }
  }

  /// Brings the outcome of the operation under way.
  func complete(_ outcome: Outcome) {
    let sleeper = state.withLock { state in
      defer { state.sleeper = nil }
      return state.sleeper
    }
    sleeper?.resume(returning: outcome)
  }

  private func enter() async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        guard state.isTaken else {
          state.isTaken = true
          return true
        }
        state.waiting.append(continuation)
        return false
      }
      if isFree { continuation.resume() }
    }
  }

  private func leave() {
    let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard !state.waiting.isEmpty else {
        state.isTaken = false
        return nil
      }
      return state.waiting.removeFirst()
    }
    next?.resume()
  }
}
