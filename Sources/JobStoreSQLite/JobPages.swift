internal import Foundation
internal import GRDB
internal import JobCloning
internal import JobMessages
internal import ProtobufWire

/// The SQL of pages of jobs that end before a number of bytes.
///
/// Sizes come first: SQLite knows them without the pages that a large message lies on, and what does
/// not fit is not read.
enum JobPages {
  /// A job of a page, not decoded yet.
  enum Entry: Sendable {
    case message(Data)
    /// A job that is larger than a page, as far as its columns go.
    case columns(Job)
  }

  /// A page of jobs in the order of the listing.
  struct EncodedPage: Sendable {
    var entries: [Entry] = []
    var hasMore = false
  }

  static func page(matching query: JobQuery, in database: Database) throws -> EncodedPage {
    let (sql, arguments) = JobTable.select(query)
    let rows = try Row.fetchCursor(
      database.cachedStatement(sql: sql), arguments: arguments)
    var page = EncodedPage()
    var rest = query.byteLimit
    while let row = try rows.next() {
      guard page.entries.count < query.limit else {
        page.hasMore = true
        break
      }
      let number: Int64 = row[0]
      var size: Int = row[1]
      var columns: Job?
      if size > query.byteLimit {
        let known = try self.columns(of: number, in: database)
        size = known.serializedSize
        columns = known
      }
      guard page.entries.isEmpty || size <= rest else {
        page.hasMore = true
        break
      }
      rest -= size
      page.entries.append(
        try columns.map(Entry.columns) ?? .message(message(number, in: database)))
    }
    return page
  }

  private static func message(_ number: Int64, in database: Database) throws -> Data {
    let statement = try database.cachedStatement(sql: "SELECT message FROM jobs WHERE number = ?")
    return try Data.fetchOne(statement, arguments: [number]) ?? Data()
  }

  private static func columns(of number: Int64, in database: Database) throws -> Job {
    let statement = try database.cachedStatement(
      sql: """
        SELECT id, project_id, created_seconds, created_nanos, name, status, created_by_id,
          parent_job_id, data_expires FROM jobs WHERE number = ?
        """)
    guard let row = try Row.fetchOne(statement, arguments: [number]) else { return Job() }
    let expiry: Int64? = row[8]
    return .with {
      $0.id = row[0]
      $0.projectID = row[1]
      $0.createdAt = ProtobufTimestamp(seconds: row[2], nanos: row[3])
      $0.name = row[4]
      $0.status = JobStatus(rawValue: row[5])
      $0.createdByID = row[6]
      $0.parentJobID = row[7]
      $0.dataExpiresAt = expiry.map { ProtobufTimestamp(seconds: $0) }
    }
  }
}
