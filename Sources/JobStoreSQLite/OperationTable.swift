internal import Foundation
internal import GRDB
internal import JobCloning
internal import JobMessages
internal import ProtobufWire

/// The SQL of operations and of the idempotency keys that lead to them.
enum OperationTable {
  /// An operation as it is stored.
  struct EncodedOperation: Sendable {
    let id: String
    let projectID: String
    let jobID: String
    let message: Data

    init(_ row: Row) {
      id = row[0]
      projectID = row[1]
      jobID = row[2]
      message = row[3]
    }

    func decoded() throws(WireError) -> StoredOperation {
      StoredOperation(
        operation: try LongRunningOperation(serializedBytes: [UInt8](message)),
        projectID: projectID, jobID: jobID)
    }
  }

  /// The columns of an ``EncodedOperation``, which come first.
  static let encodedOperation = "id, project_id, job_id, message"

  /// What an idempotency key leads to.
  enum Claimed: Sendable {
    /// The key was used with the same request.
    case same(EncodedOperation)
    /// The key was used with another request.
    case other
  }

  static func operation(id: String, in database: Database) throws -> EncodedOperation? {
    let statement = try database.cachedStatement(
      sql: "SELECT \(encodedOperation) FROM operations WHERE id = ?")
    return try Row.fetchOne(statement, arguments: [id]).map(EncodedOperation.init)
  }

  static func insert(
    _ row: OperationRow, _ claim: IdempotencyClaim?, in database: Database
  ) throws {
    let operation = try database.cachedStatement(
      sql: """
        INSERT INTO operations (id, project_id, job_id, message, created_seconds, created_nanos,
          is_done, modified_seconds, work_kind, work_payload, lease_holder, lease_expires)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    try operation.execute(arguments: [
      row.id, row.projectID, row.jobID, row.message, row.createdAt.seconds, row.createdAt.nanos,
      row.isDone, row.modified, row.work?.kind.rawValue, row.work.map { Data($0.payload) },
      row.work?.lease.holder, row.work?.lease.expires,
    ])
    if let claim { try insert(claim, for: row.id, in: database) }
  }

  /// Lets a key lead to an operation.
  static func insert(
    _ claim: IdempotencyClaim, for operationID: String, in database: Database
  ) throws {
    // One that has expired is replaced: the look-up before did not count it.
    let key = try database.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO idempotency_keys (principal_id, method, key, request_digest,
          operation_id, expires_seconds, expires_nanos) VALUES (?, ?, ?, ?, ?, ?, ?)
        """)
    try key.execute(arguments: [
      claim.principalID, claim.method, claim.key, Data(claim.requestDigest), operationID,
      claim.expiresAt.seconds, claim.expiresAt.nanos,
    ])
  }

  /// What an idempotency key leads to; nil when it is unknown or has expired.
  static func claimed(_ claim: IdempotencyClaim, in database: Database) throws -> Claimed? {
    let statement = try database.cachedStatement(
      sql: """
        SELECT request_digest, operation_id FROM idempotency_keys
        WHERE principal_id = ? AND method = ? AND key = ?
          AND (expires_seconds, expires_nanos) > (?, ?)
        """)
    let row = try Row.fetchOne(
      statement,
      arguments: [
        claim.principalID, claim.method, claim.key, claim.claimedAt.seconds, claim.claimedAt.nanos,
      ])
    // A key outlives its operation only when somebody removed that by hand: then it is free again.
    guard let row, let operation = try operation(id: row[1], in: database) else { return nil }
    let digest: Data = row[0]
    return Array(digest) == claim.requestDigest ? .same(operation) : .other
  }
}
