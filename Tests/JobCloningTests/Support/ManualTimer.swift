import Synchronization

/// A clock that goes on only when the test says so, and tells who sleeps by it.
final class ManualTimer: Clock {
  struct Instant: InstantProtocol {
    var offset = Duration.zero

    func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    func duration(to other: Instant) -> Duration { other.offset - offset }
    static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
  }

  private struct Sleeper {
    let deadline: Instant
    let continuation: CheckedContinuation<Void, any Error>
  }

  /// What a watcher waits for, given how long each sleeper still sleeps.
  private typealias Condition = @Sendable ([Duration]) -> Bool

  private struct State {
    var now = Instant()
    var tickets = 0
    var sleepers: [Int: Sleeper] = [:]
    var watchers: [(isSatisfied: Condition, continuation: CheckedContinuation<Void, Never>)] = []

    /// How long each sleeper still sleeps.
    var pauses: [Duration] { sleepers.values.map { now.duration(to: $0.deadline) } }

    /// The watchers who have seen enough.
    mutating func satisfiedWatchers() -> [CheckedContinuation<Void, Never>] {
      let pauses = self.pauses
      let satisfied = watchers.filter { $0.isSatisfied(pauses) }
      watchers.removeAll { $0.isSatisfied(pauses) }
      return satisfied.map(\.continuation)
    }
  }

  private let state = Mutex(State())

  var now: Instant { state.withLock { $0.now } }
  /// How many tasks sleep.
  var sleepers: Int { state.withLock { $0.sleepers.count } }
  var minimumResolution: Duration { .zero }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    let ticket = state.withLock { state in
      state.tickets += 1
      return state.tickets
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let (isOver, watchers) = state.withLock { state in
          if Task.isCancelled || deadline <= state.now {
            return (true, [CheckedContinuation<Void, Never>]())
          }
          state.sleepers[ticket] = Sleeper(deadline: deadline, continuation: continuation)
          return (false, state.satisfiedWatchers())
        }
        for watcher in watchers { watcher.resume() }
        guard isOver else { return }
        if Task.isCancelled {
          continuation.resume(throwing: CancellationError())
        } else {
          continuation.resume()
        }
      }
    } onCancel: {
      let sleeper = state.withLock { $0.sleepers.removeValue(forKey: ticket) }
      sleeper?.continuation.resume(throwing: CancellationError())
    }
  }

  /// Goes on, and wakes those whose time has come.
  func advance(by duration: Duration) {
    let due = state.withLock { state in
      state.now = state.now.advanced(by: duration)
      let due = state.sleepers.filter { $0.value.deadline <= state.now }
      for ticket in due.keys { state.sleepers[ticket] = nil }
      return due.values.sorted { $0.deadline < $1.deadline }
    }
    for sleeper in due { sleeper.continuation.resume() }
  }

  /// Returns once so many tasks sleep at the same time.
  func waitForSleepers(_ count: Int) async { await wait { $0.count >= count } }

  /// How many tasks sleep that have this time before them.
  func sleepers(for duration: Duration) -> Int {
    state.withLock { state in state.pauses.filter { $0 == duration }.count }
  }

  /// Returns once so many tasks sleep that have this time before them.
  func waitForPauses(of duration: Duration, _ count: Int = 1) async {
    await wait { pauses in pauses.filter { $0 == duration }.count >= count }
  }

  private func wait(until isSatisfied: @escaping Condition) async {
    await withCheckedContinuation { continuation in
      let isEnough = state.withLock { state in
        if isSatisfied(state.pauses) { return true }
        state.watchers.append((isSatisfied, continuation))
        return false
      }
      if isEnough { continuation.resume() }
    }
  }
}
