internal import Logging
internal import Metrics
internal import Synchronization

/// Tells operators how large the write-ahead log is, and warns when somebody keeps it from being
/// used again.
///
/// It measures the gauge `jobs.store.log.size`, in bytes, and the counter
/// `jobs.store.log.checkpoints`.
final class LogReport: Sendable {
  private let path: String
  private let limits: LogLimits
  private let logger: Logger
  private let gauge: Gauge
  private let checkpoints: Counter
  /// The size of the last warning; nil while there is nothing to warn of.
  private let warned = Mutex<Int?>(nil)

  init(path: String, limits: LogLimits, logger: Logger, factory: any MetricsFactory) {
    self.path = path
    self.limits = limits
    self.logger = logger
    gauge = Gauge(label: "jobs.store.log.size", factory: factory)
    checkpoints = Counter(label: "jobs.store.log.checkpoints", factory: factory)
  }

  /// Notes that the log was copied into the database, as far as readers allow.
  func noteCheckpoint() { checkpoints.increment() }

  /// Notes the size after a commit, in bytes; warns once, and again each time it has doubled.
  func note(_ size: Int) {
    gauge.record(size)
    let message: (Logger.Level, Logger.Message)? = warned.withLock { warned in
      if size > limits.warningSize, warned.map({ size / 2 >= $0 }) ?? true {
        warned = size
        return (
          .warning,
          """
          the log of the jobs database grows: a reader that does not end, such as a backup or \
          another program, keeps it from being used again
          """
        )
      }
      if size <= limits.size, warned != nil {
        warned = nil
        return (.notice, "the log of the jobs database is used again from its beginning")
      }
      return nil
    }
    guard let message else { return }
    logger.log(
      level: message.0, message.1,
      metadata: ["file": "\(path)-wal", "bytes": "\(size)", "limit": "\(limits.size)"])
  }
}
