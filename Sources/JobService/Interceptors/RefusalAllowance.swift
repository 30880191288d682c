internal import Synchronization

/// How many lines of a log refused calls may take: peers cause as many as they like.
final class RefusalAllowance: Sendable {
  private struct State {
    var periodBegan: ContinuousClock.Instant?
    var taken = 0
    /// Calls without a line since the last that had one.
    var unlogged = 0
  }

  private static let period = Duration.seconds(10)
  private static let linesInPeriod = 100

  private let state = Mutex(State())

  /// Asks for a line.
  ///
  /// - Returns: how many calls had none since the last that had one; nil: this one has none either.
  func take(at now: ContinuousClock.Instant) -> Int? {
    state.withLock { state in
      if state.periodBegan.map({ now - $0 >= Self.period }) ?? true {
        state.periodBegan = now
        state.taken = 0
      }
      guard state.taken < Self.linesInPeriod else {
        state.unlogged += 1
        return nil
      }
      state.taken += 1
      defer { state.unlogged = 0 }
      return state.unlogged
    }
  }
}
