internal import GRDB
internal import JobCloning

/// The SQL of the references from jobs to contents; a job whose data is cleared has none.
enum ContentTable {
  static func add(
    _ contents: [ContentID], ofJob number: Int64, projectID: String, in database: Database
  ) throws {
    let statement = try database.cachedStatement(
      sql: """
        INSERT OR IGNORE INTO job_contents (job, project_id, sha256, size_bytes)
        VALUES (?, ?, ?, ?)
        """)
    for content in contents {
      try statement.execute(arguments: [number, projectID, content.sha256, content.sizeBytes])
    }
  }

  /// Takes all references of a job away and returns what they were to.
  static func release(
    ofJob number: Int64, projectID: String, in database: Database
  ) throws -> [StoredContent] {
    let select = try database.cachedStatement(
      sql: "SELECT sha256, size_bytes FROM job_contents WHERE job = ?")
    let contents = try Row.fetchAll(select, arguments: [number]).map { row in
      StoredContent(ContentID(sha256: row[0], sizeBytes: row[1]), in: projectID)
    }
    let delete = try database.cachedStatement(sql: "DELETE FROM job_contents WHERE job = ?")
    try delete.execute(arguments: [number])
    return contents
  }

  /// Whether a live job of the project refers to the content.
  static func isReferenced(_ stored: StoredContent, in database: Database) throws -> Bool {
    let statement = try database.cachedStatement(
      sql: """
        SELECT 1 FROM job_contents WHERE project_id = ? AND sha256 = ? AND size_bytes = ? LIMIT 1
        """)
    let content = stored.content
    return try Int.fetchOne(
      statement, arguments: [stored.projectID, content.sha256, content.sizeBytes]) != nil
  }
}
