internal import GRDB
internal import Logging
internal import Synchronization

/// Copies the write-ahead log into the database file, so that it is used again from its beginning.
///
/// SQLite from 3.7.0 to 3.51.2 can lose pages when one connection makes a checkpoint while another
/// begins the log anew (<https://sqlite.org/wal.html#walresetbug>): the first has read how far the
/// old log goes, the second writes a new one, and the first notes as copied what only the old one
/// had. Whoever begins the log anew holds the lock for writing, and checkpoints that SQLite makes
/// after a commit do not. So no connection here makes these. Checkpoints are made by a connection of
/// their own, while the writer holds the lock for writing: nobody begins the log anew meanwhile, in
/// whatever process. The one that SQLite makes when the last connection is closed needs no such
/// care, as it excludes everybody.
///
/// All methods are called on the writer's thread.
final class LogCheckpoints: Sendable {
  private let connection: DatabaseQueue
  private let limits: LogLimits
  private let pages: LogPageCounter
  private let report: LogReport
  private let logger: Logger
  /// What a page takes in the log, with the header of its frame.
  private let frameSize: Int
  private let isFailing = Atomic(false)

  /// Checkpoints over a connection of their own.
  ///
  /// - Parameter pages: counts what the writer commits.
  init(
    _ connection: DatabaseQueue, limits: LogLimits, pages: LogPageCounter, report: LogReport,
    logger: Logger
  ) throws {
    self.connection = connection
    self.limits = limits
    self.pages = pages
    self.report = report
    self.logger = logger
    let pageSize = try connection.read { try Int.fetchOne($0, sql: "PRAGMA page_size") }
    frameSize = 24 + (pageSize ?? 4096)
  }

  /// Makes a checkpoint if the log has become long; to be called after each commit.
  ///
  /// A reader of an earlier state of the database, in whatever process, keeps what came after it
  /// from being copied: it is tried again after the next commit.
  func committed(in writer: Database) {
    let count = pages.value
    report.note(count * frameSize)
    guard count >= limits.checkpointPages else { return }
    do {
      try writer.inTransaction(.immediate) {
        try connection.inDatabase { _ = try $0.checkpoint(.passive) }
        return .rollback
      }
      report.noteCheckpoint()
      isFailing.store(false, ordering: .relaxed)
    } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
      // Another process writes, or makes a checkpoint.
    } catch {
      guard !isFailing.exchange(true, ordering: .relaxed) else { return }
      logger.warning(
        "checkpoint of the jobs database failed, it is tried again",
        metadata: ["error": "\(error)"])
    }
  }

  /// Closes the connection; no checkpoint is made after that.
  func close() throws { try connection.close() }
}
