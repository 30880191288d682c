/// How often, and after which pauses, a call is made again that ended in UNAVAILABLE.
///
/// UNAVAILABLE leaves open whether the call was done: the server may have stopped, or the connection
/// may have been lost, before or after it. Calls that change something carry an idempotency key, the
/// same at each attempt, so that the server does them once.
public struct RetryPolicy: Sendable, Hashable {
  /// How often a call is made at the most; 1 makes it once.
  public var attempts: Int
  /// The pause after the first attempt, on average three quarters of it; each further pause is twice
  /// as long.
  public var firstPause: Duration
  /// No pause is longer.
  public var longestPause: Duration

  /// A policy; by default four attempts within about a second.
  public init(
    attempts: Int = 4, firstPause: Duration = .milliseconds(200),
    longestPause: Duration = .seconds(5)
  ) {
    self.attempts = attempts
    self.firstPause = firstPause
    self.longestPause = longestPause
  }

  /// Every call is made once.
  public static let none = RetryPolicy(attempts: 1)

  /// The pause after so many attempts, between half and all of its length, so that clients that
  /// failed together do not come back together.
  func pause(after attempts: Int) -> Duration {
    let doublings = min(max(attempts - 1, 0), 30)
    let pause = min(firstPause * (1 << doublings), longestPause)
    return pause * Double.random(in: 0.5...1)
  }
}
