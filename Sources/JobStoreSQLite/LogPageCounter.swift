internal import GRDB
internal import GRDBSQLite
internal import Synchronization

/// How many pages the write-ahead log has, as a connection finds it at each of its commits.
///
/// What other processes have added since its last commit is not counted.
final class LogPageCounter: TransactionObserver, Sendable {
  private let count = Atomic(0)

  /// The number of pages at the last commit; 0 before the first.
  var value: Int { count.load(ordering: .relaxed) }

  /// Counts from now on; in place of the checkpoints that SQLite makes by itself.
  func watch(_ database: Database) {
    // The connection keeps an observer of this extent for as long as it is open.
    database.add(transactionObserver: self, extent: .databaseLifetime)
    // SAFETY: SQLite calls the hook in commits of this connection alone, during which the
    // connection keeps the counter, as said above.
    sqlite3_wal_hook(
      database.sqliteConnection,
      { counter, _, _, pages in
        if let counter {
          Unmanaged<LogPageCounter>.fromOpaque(counter).takeUnretainedValue()
            .count.store(Int(pages), ordering: .relaxed)
        }
        return SQLITE_OK
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  // MARK: TransactionObserver

  func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { false }
  func databaseDidChange(with event: DatabaseEvent) {}
  func databaseDidCommit(_ database: Database) {}
  func databaseDidRollback(_ database: Database) {}
}
