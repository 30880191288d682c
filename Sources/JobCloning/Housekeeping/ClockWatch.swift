internal import Synchronization

/// Whether the clock can be believed: what is cleared by one wrong reading of it is gone for good.
///
/// A time that is more than a day from that of the last sweep is not believed until the process has
/// run for an hour with it, counted in sweeps. A server that was off for days waits as well: from
/// here that looks the same.
final class ClockWatch: Sendable {
  /// What is to be done with a reading of the clock.
  enum Verdict: Hashable {
    case trusted
    /// Not believed, which is news or was said before.
    case doubted(isNews: Bool)
    /// Believed after it was not.
    case trustedAgain
  }

  /// How many seconds the clock may be from the last sweep, besides the pause between two.
  static let tolerance: Int64 = 86_400
  /// For how long a clock that jumped is not believed.
  static let patience = Duration.seconds(3_600)

  private struct State {
    var acceptsClock: Bool
    /// For how long the clock was doubted; nil while it is not.
    var doubted: Duration?
  }

  private let interval: Duration
  private let state: Mutex<State>

  init(_ rules: Housekeeper.Rules) {
    interval = rules.interval
    state = Mutex(State(acceptsClock: rules.acceptsClock))
  }

  /// Judges the time of a sweep, in seconds since 1970, by that of the last one.
  func judge(_ now: Int64, lastSweep: Int64?) -> Verdict {
    state.withLock { state in
      defer { state.acceptsClock = false }
      let isFar = lastSweep.map { self.isFar(now, from: $0) } ?? false
      guard isFar, !state.acceptsClock else {
        defer { state.doubted = nil }
        return state.doubted == nil ? .trusted : .trustedAgain
      }
      guard let doubted = state.doubted else {
        state.doubted = .zero
        return .doubted(isNews: true)
      }
      guard doubted + interval < Self.patience else {
        state.doubted = nil
        return .trustedAgain
      }
      state.doubted = doubted + interval
      return .doubted(isNews: false)
    }
  }

  private func isFar(_ now: Int64, from last: Int64) -> Bool {
    let (distance, overflow) = now.subtractingReportingOverflow(last)
    let pause = interval.components.seconds
    return overflow || distance.magnitude > UInt64(Self.tolerance + pause)
  }
}
