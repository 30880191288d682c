internal import JobMessages
internal import Synchronization

/// Ids that sort by the time they were made at, with a tail that cannot be guessed.
///
/// After a three-letter prefix come nine base-36 digits of milliseconds since 1970, good until the
/// year 5188, and eight random ones. Within a process every id is greater than the one before, even
/// when the clock stands or goes back: the tail then grows by a random step.
public final class TimeOrderedIDs: IDGenerator {
  /// The time and tail of the last id.
  private struct Last {
    var milliseconds: UInt64 = 0
    var tail: UInt64 = 0
  }

  private static let timeDigits = 9
  private static let tailDigits = 8
  /// 36 to the power of ``tailDigits``.
  private static let tails: UInt64 = 2_821_109_907_456
  /// How far the tail may grow from one id to the next of the same millisecond.
  private static let steps: UInt64 = 1 << 30

  private let clock: any WallClock
  private let last = Mutex(Last())

  /// A generator that reads this clock.
  public init(clock: any WallClock = SystemClock()) { self.clock = clock }

  /// A new id, greater than every one made before.
  public func makeID(prefix: String) -> String {
    let now = clock.now()
    let present = UInt64(max(0, now.seconds)) &* 1000 &+ UInt64(max(0, now.nanos)) / 1_000_000
    var random = SystemRandomNumberGenerator()
    let fresh = UInt64.random(in: 0..<Self.tails, using: &random)
    let step = UInt64.random(in: 1...Self.steps, using: &random)
    let made = last.withLock { last in
      if present > last.milliseconds {
        last = Last(milliseconds: present, tail: fresh)
      } else {
        last.tail += step
        if last.tail >= Self.tails {
          last = Last(milliseconds: last.milliseconds + 1, tail: last.tail - Self.tails)
        }
      }
      return last
    }
    return prefix + base36(made.milliseconds, digits: Self.timeDigits)
      + base36(made.tail, digits: Self.tailDigits)
  }
}

/// The number in base 36, most significant digit first, in exactly this many digits.
private func base36(_ number: UInt64, digits: Int) -> String {
  String(unsafeUninitializedCapacity: digits) { buffer in
    var rest = number
    for index in stride(from: digits - 1, through: 0, by: -1) {
      let digit = UInt8(truncatingIfNeeded: rest % 36)
      buffer[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
      rest /= 36
    }
    return digits
  }
}
