internal import Foundation
internal import GRDB
internal import JobCloning
internal import JobMessages
internal import ProtobufWire

/// The SQL of operations that change, that are worked on, and that are forgotten.
extension OperationTable {
  /// A page of a project's operations, newest first.
  static func operations(
    matching query: OperationQuery, in database: Database
  ) throws -> [EncodedOperation] {
    var conditions = ["project_id = ?"]
    var arguments: StatementArguments = [query.projectID]
    if let jobID = query.jobID {
      conditions.append("job_id = ?")
      arguments += [jobID]
    }
    // Written out, so that SQLite sees that a partial index has every such row.
    if let isDone = query.isDone { conditions.append("is_done = \(isDone ? 1 : 0)") }
    if let after = query.after {
      conditions.append("(created_seconds, created_nanos, id) < (?, ?, ?)")
      arguments += [after.createdAt.seconds, after.createdAt.nanos, after.id]
    }
    arguments += [max(0, query.limit)]
    let statement = try database.cachedStatement(
      sql: """
        SELECT \(encodedOperation) FROM operations WHERE \(conditions.joined(separator: " AND "))
        ORDER BY created_seconds DESC, created_nanos DESC, id DESC LIMIT ?
        """)
    return try Row.fetchAll(statement, arguments: arguments).map(EncodedOperation.init)
  }

  // MARK: Changes

  /// Whether an operation is not done, and its lease is with whom the change wants it to be.
  static func isChangeable(
    _ updated: JobChange.UpdatedOperation, in database: Database
  ) throws -> Bool {
    let statement = try database.cachedStatement(
      sql: "SELECT lease_holder FROM operations WHERE id = ? AND is_done = 0")
    guard let row = try Row.fetchOne(statement, arguments: [updated.operation.id]) else {
      return false
    }
    let holder: String? = row[0]
    return updated.holder == nil || updated.holder == holder
  }

  /// Replaces an operation; once it is done, its work is forgotten.
  static func update(_ row: OperationRow, in database: Database) throws {
    let statement = try database.cachedStatement(
      sql: "UPDATE operations SET message = ?, is_done = ?, modified_seconds = ? WHERE id = ?")
    try statement.execute(arguments: [row.message, row.isDone, row.modified, row.id])
    guard row.isDone else { return }
    let forget = try database.cachedStatement(
      sql: """
        UPDATE operations
        SET work_kind = NULL, work_payload = NULL, lease_holder = NULL, lease_expires = NULL
        WHERE id = ?
        """)
    try forget.execute(arguments: [row.id])
  }

  // MARK: Work

  /// The condition of free work; a kind that only a newer version knows is left to that.
  private static func isFree(_ kinds: Set<OperationWork.Kind>) -> String {
    // In order, so that equal sets share a cached statement.
    let numbers = kinds.map(\.rawValue).sorted().map { "\($0)" }.joined(separator: ", ")
    return "is_done = 0 AND lease_expires <= ? AND work_kind IN (\(numbers))"
  }

  /// Whether there is work of these kinds whose lease is over.
  static func hasFreeWork(
    _ kinds: Set<OperationWork.Kind>, at now: Int64, in database: Database
  ) throws -> Bool {
    let statement = try database.cachedStatement(
      sql: "SELECT 1 FROM operations WHERE \(isFree(kinds)) LIMIT 1")
    return try Int.fetchOne(statement, arguments: [now]) != nil
  }

  /// Gives work of these kinds whose lease is over to another holder, oldest first.
  ///
  /// An operation that cannot be decoded is left out: nobody could complete it.
  static func claim(
    _ kinds: Set<OperationWork.Kind>, for lease: OperationLease, now: Int64, limit: Int,
    in database: Database
  ) throws -> [UnfinishedOperation] {
    let select = try database.cachedStatement(
      sql: """
        SELECT \(encodedOperation), work_kind, work_payload FROM operations
        WHERE \(isFree(kinds)) ORDER BY created_seconds, created_nanos, id
        """)
    let take = try database.cachedStatement(
      sql: "UPDATE operations SET lease_holder = ?, lease_expires = ? WHERE id = ?")
    var claimed: [UnfinishedOperation] = []
    let rows = try Row.fetchCursor(select, arguments: [now])
    while claimed.count < limit, let row = try rows.next() {
      let payload: Data = row[5]
      guard let kind = OperationWork.Kind(rawValue: row[4]),
        let stored = try? EncodedOperation(row).decoded()
      else { continue }
      claimed.append(
        UnfinishedOperation(
          stored, work: OperationWork(kind, payload: [UInt8](payload), lease: lease)))
    }
    for unfinished in claimed {
      try take.execute(arguments: [
        lease.holder, lease.expires, unfinished.stored.operation.id,
      ])
    }
    return claimed
  }

  /// Prolongs a lease; false when the holder does not have it.
  static func renew(
    _ lease: OperationLease, ofOperation id: String, in database: Database
  ) throws -> Bool {
    let statement = try database.cachedStatement(
      sql: """
        UPDATE operations SET lease_expires = ?
        WHERE id = ? AND is_done = 0 AND lease_holder = ?
        """)
    try statement.execute(arguments: [lease.expires, id, lease.holder])
    return database.changesCount > 0
  }

  // MARK: Forgetting

  /// Removes operations that were done before `time`, oldest first, and returns how many.
  static func forgetOperations(
    doneBefore time: Int64, limit: Int, in database: Database
  ) throws -> Int {
    let statement = try database.cachedStatement(
      sql: """
        DELETE FROM operations WHERE number IN (
          SELECT number FROM operations INDEXED BY operations_by_end
          WHERE is_done = 1 AND modified_seconds < ? ORDER BY modified_seconds LIMIT ?)
        """)
    try statement.execute(arguments: [time, max(0, limit)])
    return database.changesCount
  }

  /// Removes idempotency keys that had expired at `now` and returns how many.
  static func forgetKeys(
    expiredAt now: Int64, limit: Int, in database: Database
  ) throws -> Int {
    let statement = try database.cachedStatement(
      sql: """
        DELETE FROM idempotency_keys WHERE rowid IN (
          SELECT rowid FROM idempotency_keys INDEXED BY idempotency_keys_by_expiry
          WHERE expires_seconds <= ? AND (expires_seconds, expires_nanos) <= (?, 0)
          ORDER BY expires_seconds LIMIT ?)
        """)
    try statement.execute(arguments: [now, now, max(0, limit)])
    return database.changesCount
  }
}
