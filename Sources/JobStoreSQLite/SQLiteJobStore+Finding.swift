internal import Foundation
internal import GRDB
public import JobCloning
public import JobMessages

extension SQLiteJobStore {
  /// A message of so many bytes is read at once with what it is found by: that costs no more than
  /// to ask for it again.
  private static let readAtOnce = 16 << 10

  /// The project and the size of the job with this id, and what reads it; or nil.
  public func find(job id: String) async throws(StoreError) -> Found<Job>? {
    let head = try await read {
      try Head.fetch(from: "jobs", id: id, upTo: Self.readAtOnce, in: $0)
    }
    guard let head else { return nil }
    return Found(projectID: head.projectID, size: head.size) {
      [self] () async throws(StoreError) in
      guard let message = head.message else { return try await job(id: id) }
      return try decode(message) { "job \(id)" }
    }
  }

  /// The project and the size of the operation with this id, and what reads it; or nil.
  public func find(operation id: String) async throws(StoreError) -> Found<StoredOperation>? {
    let head = try await read {
      try Head.fetch(from: "operations", id: id, upTo: 0, in: $0)
    }
    guard let head else { return nil }
    return Found(projectID: head.projectID, size: head.size) {
      [self] () async throws(StoreError) in try await operation(id: id)
    }
  }

  /// A page of a project's jobs, newest first: by `created_at`, then by id, both descending.
  public func page(matching query: JobQuery) async throws(StoreError) -> JobPage {
    let encoded = try await read { try JobPages.page(matching: query, in: $0) }
    var page = JobPage(jobs: [], hasMore: encoded.hasMore)
    page.jobs.reserveCapacity(encoded.entries.count)
    for entry in encoded.entries {
      switch entry {
      case .message(let message):
        page.jobs.append(try decode(message) { "a job of project \(query.projectID)" })
      case .columns(let job): page.jobs.append(job)
      }
    }
    return page
  }
}

/// What is known of a row without decoding its message.
private struct Head: Sendable {
  let projectID: String
  let size: Int
  let message: Data?
}

extension Head {
  static func fetch(
    from table: String, id: String, upTo limit: Int, in database: Database
  ) throws -> Head? {
    let statement = try database.cachedStatement(
      sql: """
        SELECT project_id, length(message), CASE WHEN length(message) <= ? THEN message END
        FROM \(table) WHERE id = ?
        """)
    return try Row.fetchOne(statement, arguments: [limit, id]).map { row in
      Head(projectID: row[0], size: row[1], message: row[2])
    }
  }
}
