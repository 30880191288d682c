internal import Synchronization

/// How many lines of each kind a log gets in a while: callers cause as many as they like.
///
/// A kind is a place in the code that logs. What is beyond the allowance is left out, and the next
/// line of its kind says how many were. Safe to share: all that share it have one allowance.
public final class LogAllowance: Sendable {
  private struct Place: Hashable {
    let file: String
    let line: UInt
  }

  private struct Usage {
    var periodBegan: ContinuousClock.Instant
    var taken = 0
    /// Lines left out since the last that was not.
    var unlogged = 0
  }

  /// More places than a program has: further ones share an allowance.
  private static let maximumPlaces = 4_096

  private let lines: Int
  private let period: Duration
  private let now: @Sendable () -> ContinuousClock.Instant
  private let usages = Mutex<[Place: Usage]>([:])

  /// An allowance of which nothing is used.
  ///
  /// - Parameters:
  ///   - lines: how many lines of a kind there may be in a period; at least one is allowed.
  ///   - period: how long a period lasts; at least a millisecond.
  ///   - now: the clock.
  public init(
    lines: Int = 1_000, per period: Duration = .seconds(10),
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    self.lines = max(1, lines)
    self.period = max(.milliseconds(1), period)
    self.now = now
  }

  /// Asks for a line at a place in the code.
  ///
  /// - Parameter time: when that is; nil: now.
  /// - Returns: how many lines of the place were left out since the last that was not; nil: this one
  ///   is to be left out, too.
  package func take(
    at time: ContinuousClock.Instant? = nil, file: String = #fileID, line: UInt = #line
  ) -> Int? {
    let time = time ?? now()
    return usages.withLock { usages in
      var place = Place(file: file, line: line)
      if usages[place] == nil, usages.count >= Self.maximumPlaces {
        place = Place(file: "", line: 0)
      }
      var usage = usages[place] ?? Usage(periodBegan: time)
      defer { usages[place] = usage }
      if time - usage.periodBegan >= period {
        usage.periodBegan = time
        usage.taken = 0
      }
      guard usage.taken < lines else {
        usage.unlogged += 1
        return nil
      }
      usage.taken += 1
      defer { usage.unlogged = 0 }
      return usage.unlogged
    }
  }
}
