/// How slowly a body may come: a client that trickles bytes must not hold a connection for ever.
///
/// Silence is the idle timeout's affair; this bounds a sender that is never silent for long.
struct UploadPace: Sendable {
  /// Bytes a second, on average, that a body has to come with after the grace.
  static let minimumRate: Int64 = 1024
  /// For so long no rate is asked for.
  static let grace: Duration = .seconds(60)

  /// Whether this many bytes in this time are too few.
  static func isTooSlow(received bytes: Int64, in time: Duration) -> Bool {
    time > grace + .seconds(bytes / minimumRate)
  }
}
