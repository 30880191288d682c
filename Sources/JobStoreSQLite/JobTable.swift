internal import Foundation
internal import GRDB
internal import JobCloning
internal import JobMessages

/// The SQL of jobs.
enum JobTable {
  static func message(of id: String, in database: Database) throws -> Data? {
    let statement = try database.cachedStatement(sql: "SELECT message FROM jobs WHERE id = ?")
    return try Data.fetchOne(statement, arguments: [id])
  }

  /// A job as it is stored.
  struct EncodedJob: Sendable {
    let id: String
    let message: Data
    let revision: Int64
    let uploadsExpire: Int64
    let stopsAtOnce: Bool

    init(_ row: Row) {
      id = row[0]
      message = row[1]
      revision = row[2]
      uploadsExpire = row[3]
      stopsAtOnce = row[4]
    }
  }

  private static let encodedJob = "id, message, revision, uploads_expire, stops_at_once"

  static func stored(id: String, in database: Database) throws -> EncodedJob? {
    let statement = try database.cachedStatement(
      sql: "SELECT \(encodedJob) FROM jobs WHERE id = ?")
    return try Row.fetchOne(statement, arguments: [id]).map(EncodedJob.init)
  }

  /// A page of jobs in the order of their ids.
  ///
  /// The index is named, as the planner would rather read all jobs in order than sort a few.
  static func due(
    _ due: DueJobs, after id: String?, limit: Int, in database: Database
  ) throws -> [EncodedJob] {
    let (source, second): (String, Int64?) =
      switch due {
      case .dataExpired(let second):
        ("jobs INDEXED BY jobs_by_data_expiry WHERE data_expires <= ?", second)
      case .uploadsExpired(let second):
        (
          """
          jobs INDEXED BY jobs_by_uploads_expiry
          WHERE status = \(JobStatus.creating.rawValue) AND uploads_expire < ?
          """, second
        )
      case .all: ("jobs WHERE true", nil)
      }
    var arguments: StatementArguments = second.map { [$0] } ?? []
    arguments += [id, id, max(0, limit)]
    let statement = try database.cachedStatement(
      sql: """
        SELECT \(encodedJob) FROM \(source) AND (? IS NULL OR id > ?) ORDER BY id LIMIT ?
        """)
    let rows = try Row.fetchCursor(statement, arguments: arguments)
    var (jobs, bytes): ([EncodedJob], Int) = ([], 0)
    while let row = try rows.next() {
      let job = EncodedJob(row)
      bytes += job.message.count
      guard jobs.isEmpty || bytes <= DueJobs.byteLimit else { break }
      jobs.append(job)
    }
    return jobs
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

  /// Adds a job and returns the number of its row.
  static func insert(_ encoded: EncodedCreation, in database: Database) throws -> Int64 {
    let statement = try database.cachedStatement(
      sql: """
        INSERT INTO jobs (project_id, created_seconds, created_nanos, name, status, created_by_id,
          parent_job_id, data_expires, message, id, uploads_expire)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    let creation = encoded.creation
    try statement.execute(
      arguments: columns(of: creation.job, encoded.job) + [
        creation.job.id, creation.uploadsExpire,
      ])
    return database.lastInsertedRowID
  }

  // MARK: Changes

  /// What a change looks at before it writes.
  struct Identity {
    let number: Int64
    let projectID: String
    let revision: Int64
  }

  static func identity(of id: String, in database: Database) throws -> Identity? {
    let statement = try database.cachedStatement(
      sql: "SELECT number, project_id, revision FROM jobs WHERE id = ?")
    return try Row.fetchOne(statement, arguments: [id]).map { row in
      Identity(number: row[0], projectID: row[1], revision: row[2])
    }
  }

  /// Replaces a job and makes its revision greater by one.
  static func update(
    _ number: Int64, to job: Job, _ message: Data, stopsAtOnce: Bool, in database: Database
  ) throws {
    let statement = try database.cachedStatement(
      sql: """
        UPDATE jobs SET project_id = ?, created_seconds = ?, created_nanos = ?, name = ?,
          status = ?, created_by_id = ?, parent_job_id = ?, data_expires = ?, message = ?,
          stops_at_once = ?, revision = revision + 1
        WHERE number = ?
        """)
    try statement.execute(arguments: columns(of: job, message) + [stopsAtOnce, number])
  }

  static func delete(_ number: Int64, in database: Database) throws {
    let statement = try database.cachedStatement(sql: "DELETE FROM jobs WHERE number = ?")
    try statement.execute(arguments: [number])
  }

  /// Moves the end of the upload URLs on, never back; it is part of the state that a change names.
  static func extendUploads(of id: String, until expiry: Int64, in database: Database) throws {
    let statement = try database.cachedStatement(
      sql: """
        UPDATE jobs SET uploads_expire = ?, revision = revision + 1
        WHERE id = ? AND uploads_expire < ?
        """)
    try statement.execute(arguments: [expiry, id, expiry])
  }

  private static func columns(of job: Job, _ message: Data) -> StatementArguments {
    let createdAt = job.createdAt ?? ProtobufTimestamp()
    return [
      job.projectID, createdAt.seconds, createdAt.nanos, job.name, job.status.rawValue,
      job.createdByID, job.parentJobID, job.dataExpirySecond, message,
    ]
  }

  /// The statement for the numbers and sizes of the jobs of a page, and of the one after it.
  ///
  /// Where a field may have several values, each has a SELECT of its own, which an index serves in
  /// the page's order, and SQLite merges them: to ask for all at once would read and sort every job
  /// that matches.
  static func select(_ query: JobQuery) -> (sql: String, arguments: StatementArguments) {
    var arguments: StatementArguments = []
    let selects = query.alternatives.map { alternative in
      let (conditions, values) = conditions(of: alternative)
      arguments += values
      return """
        SELECT number, length(message), created_seconds, created_nanos, id FROM jobs
        WHERE \(conditions.joined(separator: " AND "))
        """
    }
    let sql = """
      \(selects.joined(separator: "\nUNION ALL\n"))
      ORDER BY created_seconds DESC, created_nanos DESC, id DESC LIMIT ?
      """
    arguments += [max(0, min(query.limit, Int(Int32.max))) + 1]
    return (sql, arguments)
  }

  private static func conditions(of query: JobQuery) -> ([String], StatementArguments) {
    var conditions = ["project_id = ?"]
    var arguments: StatementArguments = [query.projectID]
    func require<Value: DatabaseValueConvertible>(_ column: String, _ values: [Value]) {
      let marks = values.map { _ in "?" }.joined(separator: ", ")
      conditions.append(values.count == 1 ? "\(column) = ?" : "\(column) IN (\(marks))")
      arguments += StatementArguments(values)
    }
    if let names = query.names {
      require("name", names)
      // This tells SQLite that the partial index has every such row.
      if !names.contains("") { conditions.append("name <> ''") }
    }
    if let statuses = query.statuses { require("status", statuses.map(\.rawValue)) }
    if let creators = query.createdByIDs { require("created_by_id", creators) }
    if let parents = query.parentJobIDs {
      require("parent_job_id", parents)
      if !parents.contains("") { conditions.append("parent_job_id <> ''") }
    }
    if let after = query.after {
      conditions.append("(created_seconds, created_nanos, id) < (?, ?, ?)")
      arguments += [after.createdAt.seconds, after.createdAt.nanos, after.id]
    }
    return (conditions, arguments)
  }
}

extension JobQuery {
  /// Queries for one value each of a field that may have several, which together find the same jobs
  /// and none of them twice; the query itself if no field has.
  fileprivate var alternatives: [JobQuery] {
    split(\.names) { Array($0.utf8) } ?? split(\.parentJobIDs) { Array($0.utf8) }
      ?? split(\.statuses) { $0.rawValue } ?? split(\.createdByIDs) { Array($0.utf8) } ?? [self]
  }

  private func split<Value, Identity: Hashable>(
    _ field: WritableKeyPath<JobQuery, [Value]?>, _ identity: (Value) -> Identity
  ) -> [JobQuery]? {
    guard let values = self[keyPath: field], values.count > 1 else { return nil }
    var seen: Set<Identity> = []
    return values.filter { seen.insert(identity($0)).inserted }.map { value in
      var query = self
      query[keyPath: field] = [value]
      return query
    }
  }
}
