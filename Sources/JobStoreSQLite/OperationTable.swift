internal import Foundation
internal import GRDB
internal import JobCloning
internal import JobMessages

/// The SQL of operations and of the idempotency keys that lead to them.
enum OperationTable {
  /// An operation as it is stored.
  struct EncodedOperation: Sendable {
    let id: String
    let projectID: String
    let jobID: String
    let message: Data
  }

  /// What an idempotency key leads to.
  enum Claimed: Sendable {
    /// The key was used with the same request.
    case same(EncodedOperation)
    /// The key was used with another request.
    case other
  }

  static func operation(id: String, in database: Database) throws -> EncodedOperation? {
    let statement = try database.cachedStatement(
      sql: "SELECT project_id, job_id, message FROM operations WHERE id = ?")
    guard let row = try Row.fetchOne(statement, arguments: [id]) else { return nil }
    return EncodedOperation(id: id, projectID: row[0], jobID: row[1], message: row[2])
  }

  static func insert(_ encoded: EncodedCreation, in database: Database) throws {
    let operation = try database.cachedStatement(
      sql: "INSERT INTO operations (id, project_id, job_id, message) VALUES (?, ?, ?, ?)")
    let job = encoded.creation.job
    let id = encoded.creation.operation.id
    try operation.execute(arguments: [id, job.projectID, job.id, encoded.operation])
    guard let claim = encoded.creation.idempotency else { return }
    // One that has expired is replaced: the look-up before did not count it.
    let key = try database.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO idempotency_keys (principal_id, method, key, request_digest,
          operation_id, expires_seconds, expires_nanos) VALUES (?, ?, ?, ?, ?, ?, ?)
        """)
    try key.execute(arguments: [
      claim.principalID, claim.method, claim.key, Data(claim.requestDigest), id,
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
