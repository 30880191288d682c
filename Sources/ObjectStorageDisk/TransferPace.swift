/// How slowly a body may pass: a client that trickles bytes must not hold a connection for ever.
///
/// The silence of a sender is the idle timeout's affair; this bounds one that is never silent for
/// long, and one that does not take what it asked for.
struct TransferPace: Sendable {
  /// Bytes a second, on average, that a body has to pass with after the grace.
  var minimumRate: Int64 = 1024
  /// For so long no rate is asked for.
  var grace: Duration = .seconds(60)
  /// An upload that others of the same content wait for has to pass ``contestedBytes`` in each such
  /// time, or it is ended for them.
  var contestedWindow: Duration = .seconds(10)
  /// 16 KiB a second.
  var contestedBytes: Int64 = 160 << 10

  /// For how long this many bytes may take.
  func allowance(for bytes: Int64) -> Duration { grace + .seconds(bytes / minimumRate) }

  /// Whether this many bytes in this time are too few.
  func isTooSlow(passed bytes: Int64, in time: Duration) -> Bool {
    time > allowance(for: bytes)
  }
}
