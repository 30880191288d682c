internal import Foundation
internal import GRDB
internal import JobCloning
internal import JobMessages

/// The SQL of jobs and their references to contents.
enum JobTable {
  static func message(of id: String, in database: Database) throws -> Data? {
    let statement = try database.cachedStatement(sql: "SELECT message FROM jobs WHERE id = ?")
    return try Data.fetchOne(statement, arguments: [id])
  }

  /// A page of messages in the order of the listing.
  static func messages(matching query: JobQuery, in database: Database) throws -> [Data] {
    let (sql, arguments) = select(query)
    return try Data.fetchAll(database.cachedStatement(sql: sql), arguments: arguments)
  }

  /// Whether a job of the project has this name; nothing else has the empty name.
  static func hasJob(
    named name: String, projectID: String, in database: Database
  ) throws -> Bool {
    guard !name.isEmpty else { return false }
    let statement = try database.cachedStatement(
      sql: "SELECT 1 FROM jobs WHERE project_id = ? AND name = ? AND name <> '' LIMIT 1")
    return try Int.fetchOne(statement, arguments: [projectID, name]) != nil
  }

  static func insert(_ encoded: EncodedCreation, in database: Database) throws {
    let job = encoded.creation.job
    let createdAt = job.createdAt ?? ProtobufTimestamp()
    let insertJob = try database.cachedStatement(
      sql: """
        INSERT INTO jobs (id, project_id, created_seconds, created_nanos, name, status,
          created_by_id, parent_job_id, message) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    try insertJob.execute(arguments: [
      job.id, job.projectID, createdAt.seconds, createdAt.nanos, job.name,
      job.status.rawValue, job.createdByID, job.parentJobID, encoded.job,
    ])
    let number = database.lastInsertedRowID
    let insertContent = try database.cachedStatement(
      sql: """
        INSERT OR IGNORE INTO job_contents (job, project_id, sha256, size_bytes)
        VALUES (?, ?, ?, ?)
        """)
    for content in encoded.creation.contents {
      try insertContent.execute(arguments: [
        number, job.projectID, content.sha256, content.sizeBytes,
      ])
    }
  }

  static func select(_ query: JobQuery) -> (sql: String, arguments: StatementArguments) {
    var conditions = ["project_id = ?"]
    var arguments: StatementArguments = [query.projectID]
    if let name = query.name {
      // The second half tells SQLite that the partial index has every such row.
      conditions.append(name.isEmpty ? "name = ?" : "name = ? AND name <> ''")
      arguments += [name]
    }
    if let status = query.status {
      conditions.append("status = ?")
      arguments += [status.rawValue]
    }
    if let creator = query.createdByID {
      conditions.append("created_by_id = ?")
      arguments += [creator]
    }
    if let parent = query.parentJobID {
      conditions.append(
        parent.isEmpty ? "parent_job_id = ?" : "parent_job_id = ? AND parent_job_id <> ''")
      arguments += [parent]
    }
    if let after = query.after {
      conditions.append("(created_seconds, created_nanos, id) < (?, ?, ?)")
      arguments += [after.createdAt.seconds, after.createdAt.nanos, after.id]
    }
    let sql = """
      SELECT message FROM jobs WHERE \(conditions.joined(separator: " AND "))
      ORDER BY created_seconds DESC, created_nanos DESC, id DESC LIMIT ?
      """
    arguments += [max(0, query.limit)]
    return (sql, arguments)
  }
}
