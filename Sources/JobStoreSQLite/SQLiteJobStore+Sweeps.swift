internal import GRDB
public import JobCloning

extension SQLiteJobStore {
  private static let lastSweepName = "last sweep"

  /// When a sweep last cleared things away, in seconds since 1970; nil when none ever did.
  public func lastSweep() async throws(StoreError) -> Int64? {
    try await read { database in
      let statement = try database.cachedStatement(
        sql: "SELECT value FROM installation WHERE name = ?")
      return try Int64.fetchOne(statement, arguments: [Self.lastSweepName])
    }
  }

  /// Notes that a sweep clears things away at this second; it replaces what was noted before.
  public func noteSweep(at second: Int64) async throws(StoreError) {
    try await write { database in
      let statement = try database.cachedStatement(
        sql: "INSERT OR REPLACE INTO installation (name, value) VALUES (?, ?)")
      try statement.execute(arguments: [Self.lastSweepName, second])
    }
  }
}
