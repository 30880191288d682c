internal import Logging
internal import Synchronization

/// Writes down that peers run into limits: for each limit one line in ten seconds at the most.
///
/// Peers can do so as often as they like, and must not fill the log.
final class LimitLog: Sendable {
  /// A limit, by the name of its option in ``ServerConfiguration``.
  enum Limit: String {
    case metadataSize = "maximumMetadataSize"
    case requestSize = "maximumRequestSize"
    case replySize = "maximumReplySize"
    case concurrentStreams = "maximumConcurrentStreams"
    case serverBytes = "maximumServerBytes"
    case concurrentCalls = "maximumConcurrentCalls"
    case openCalls = "maximumOpenCalls"
    case requestTime = "maximumRequestTime"
    case cancelledCalls = "maximumCancelledCalls"
  }

  private struct Entry {
    let writtenAt: ContinuousClock.Instant
    /// How often it happened since that line.
    var untold = 0
  }

  private static let silence = Duration.seconds(10)

  private let logger: Logger
  private let entries = Mutex<[Limit: Entry]>([:])

  init(logger: Logger) { self.logger = logger }

  /// Says that a peer exceeded the limit, and how often that went unsaid before.
  func report(_ limit: Limit, peer: String, now: ContinuousClock.Instant = .now) {
    let untold = entries.withLock { entries -> Int? in
      if let entry = entries[limit], now - entry.writtenAt < Self.silence {
        entries[limit]?.untold += 1
        return nil
      }
      return entries.updateValue(Entry(writtenAt: now), forKey: limit)?.untold ?? 0
    }
    guard let untold else { return }
    logger.warning(
      "a limit was exceeded",
      metadata: ["limit": "\(limit.rawValue)", "peer": "\(peer)", "times before": "\(untold)"])
  }
}
