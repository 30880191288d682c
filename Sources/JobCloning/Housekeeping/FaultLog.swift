internal import Logging
internal import Synchronization

/// Logs a fault when it begins and when it is over, however often it shows in between.
final class FaultLog: Sendable {
  private let present = Mutex<Set<String>>([])

  /// Notes a fault of this kind; only the first until it passes is logged.
  func report(_ error: any Error, _ kind: String, _ logger: Logger) {
    guard present.withLock({ $0.insert(kind).inserted }) else { return }
    logger.warning("\(kind) failed, it is tried again", metadata: ["error": "\(error)"])
  }

  /// Notes that what is of this kind works.
  func passed(_ kind: String, _ logger: Logger) {
    guard present.withLock({ $0.remove(kind) != nil }) else { return }
    logger.notice("\(kind) works again")
  }
}
