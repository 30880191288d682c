import Foundation
import GRDB
import JobCloning
import JobMessages
import XCTest

@testable import JobStoreSQLite

/// Listings: order, pages and filters.
final class ListingTests: StoreTestCase {
  private func ids(_ store: SQLiteJobStore, _ query: JobQuery) async throws -> [String] {
    try await store.jobs(matching: query).map(\.id)
  }

  /// All pages of a size, each from the cursor that the one before ended with.
  private func pages(
    of limit: Int, _ store: SQLiteJobStore, _ query: JobQuery
  ) async throws -> [String] {
    var ids: [String] = []
    var query = query
    query.limit = limit
    while true {
      let page = try await store.jobs(matching: query)
      XCTAssertLessThanOrEqual(page.count, limit)
      ids += page.map(\.id)
      guard let last = page.last else { return ids }
      query.after = .init(createdAt: last.createdAt ?? ProtobufTimestamp(), id: last.id)
    }
  }

  func testNewestFirstToTheNanosecondThenByID() async throws {
    let store = try openStore()
    let times: [(String, Int64, Int32)] = [
      ("b", 100, 0), ("a", 100, 0), ("c", 100, 1), ("d", 99, 999_999_999),
      ("e", 253_402_300_799, 0), ("f", -62_135_596_800, 0), ("g", 0, 0), ("h", -1, 500),
      ("B", 100, 0),
      // Two that a time in floating point, or in microseconds, would not tell apart.
      ("j", 1_700_000_000, 123_456_789), ("i", 1_700_000_000, 123_456_790),
    ]
    for (id, seconds, nanos) in times {
      _ = try await store.create(makeCreation(makeJob(id, seconds: seconds, nanos: nanos)))
    }
    let expected = ["e", "i", "j", "c", "b", "a", "B", "d", "g", "h", "f"]
    let all = try await ids(store, JobQuery(projectID: "project", limit: 100))
    XCTAssertEqual(all, expected)
    for limit in 1...12 {
      let paged = try await pages(
        of: limit, store, JobQuery(projectID: "project", limit: limit))
      XCTAssertEqual(paged, expected, "pages of \(limit)")
    }
  }

  func testPagesOfEqualTimestamps() async throws {
    let store = try openStore()
    let names = (0..<50).map { String(format: "j%02d", $0) }
    for name in names.shuffled() { _ = try await store.create(makeCreation(name)) }
    for limit in [1, 7, 49, 50, 51] {
      let paged = try await pages(
        of: limit, store, JobQuery(projectID: "project", limit: limit))
      XCTAssertEqual(paged, names.reversed())
    }
  }

  func testNewJobsDoNotDisturbPagesThatFollow() async throws {
    let store = try openStore()
    for number in 0..<4 {
      _ = try await store.create(makeCreation(makeJob("\(number)", seconds: Int64(number))))
    }
    let first = try await store.jobs(matching: JobQuery(projectID: "project", limit: 2))
    _ = try await store.create(makeCreation(makeJob("new", seconds: 100)))
    let cursor = JobQuery.Cursor(createdAt: ProtobufTimestamp(seconds: 2), id: "2")
    let second = try await ids(
      store, JobQuery(projectID: "project", after: cursor, limit: 2))
    XCTAssertEqual(first.map(\.id) + second, ["3", "2", "1", "0"])
  }

  func testFilters() async throws {
    let store = try openStore()
    for number in 0..<24 {
      let job = makeJob("\(number + 10)", seconds: Int64(number)) {
        $0.name = number % 2 == 0 ? "even" : ""
        $0.status = number % 3 == 0 ? .success : .error
        $0.createdByID = number % 4 == 0 ? "bob" : "alice"
        $0.parentJobID = number < 12 ? "" : "p"
      }
      _ = try await store.create(makeCreation(job))
      var elsewhere = job
      elsewhere.id = "x\(number)"
      elsewhere.projectID = "elsewhere"
      _ = try await store.create(makeCreation(elsewhere))
    }
    let numbers = (0..<24).reversed()
    func check(
      _ change: (inout JobQuery) -> Void, line: UInt = #line, where isWanted: (Int) -> Bool
    ) async throws {
      var query = JobQuery(projectID: "project", limit: 100)
      change(&query)
      let expected = numbers.filter(isWanted).map { "\($0 + 10)" }
      let found = try await ids(store, query)
      XCTAssertEqual(found, expected, line: line)
      let paged = try await pages(of: 5, store, query)
      XCTAssertEqual(paged, expected, line: line)
    }
    try await check({ $0.names = ["even"] }, where: { $0 % 2 == 0 })
    try await check({ $0.names = [""] }, where: { $0 % 2 == 1 })
    try await check({ $0.names = ["Even"] }, where: { _ in false })
    try await check({ $0.statuses = [.success] }, where: { $0 % 3 == 0 })
    try await check({ $0.createdByIDs = ["bob"] }, where: { $0 % 4 == 0 })
    try await check({ $0.parentJobIDs = ["p"] }, where: { $0 >= 12 })
    try await check({ $0.parentJobIDs = [""] }, where: { $0 < 12 })
    try await check({ $0.names = ["even", "", "even"] }, where: { _ in true })
    try await check({ $0.names = ["odd", "even"] }, where: { $0 % 2 == 0 })
    try await check({ $0.statuses = [.success, .error, .creating] }, where: { _ in true })
    try await check({ $0.createdByIDs = ["bob", "carol"] }, where: { $0 % 4 == 0 })
    try await check(
      {
        $0.statuses = [.success, .creating]
        $0.parentJobIDs = ["", "q"]
        $0.createdByIDs = ["alice", "bob"]
      }, where: { $0 % 3 == 0 && $0 < 12 })
    try await check(
      {
        $0.names = ["even"]
        $0.statuses = [.success]
        $0.createdByIDs = ["bob"]
        $0.parentJobIDs = ["p"]
      }, where: { $0 == 12 })
  }

  func testStatusesThatThisVersionDoesNotKnow() async throws {
    let store = try openStore()
    _ = try await store.create(
      makeCreation(makeJob("a") { $0.status = JobStatus(rawValue: 1234) }))
    var query = JobQuery(projectID: "project", limit: 1)
    query.statuses = [JobStatus(rawValue: 1234)]
    let found = try await ids(store, query)
    XCTAssertEqual(found, ["a"])
  }

  func testLimitsWithoutSense() async throws {
    let store = try openStore()
    _ = try await store.create(makeCreation("a"))
    for limit in [0, -1, Int.min] {
      let found = try await ids(store, JobQuery(projectID: "project", limit: limit))
      XCTAssertEqual(found, [])
    }
    let found = try await ids(store, JobQuery(projectID: "project", limit: .max))
    XCTAssertEqual(found, ["a"])
  }

  /// A page is read from an index in its order: never the whole project, never sorted.
  func testPagesComeFromAnIndex() async throws {
    let store = try openStore()
    var query = JobQuery(projectID: "p", limit: 10)
    query.after = .init(createdAt: ProtobufTimestamp(seconds: 1), id: "a")
    let changes: [(String, (inout JobQuery) -> Void)] = [
      ("jobs_by_time", { _ in }),
      ("jobs_by_name", { $0.names = ["n"] }),
      ("jobs_by_status", { $0.statuses = [.success] }),
      ("jobs_by_creator", { $0.createdByIDs = ["c"] }),
      ("jobs_by_parent", { $0.parentJobIDs = ["j"] }),
      ("jobs_by_name", { $0.names = ["m", "n"] }),
      ("jobs_by_status", { $0.statuses = [.executing, .uploadingOutput] }),
      ("jobs_by_creator", { $0.createdByIDs = ["c", "d", "e"] }),
      ("jobs_by_parent", { $0.parentJobIDs = ["j", "k"] }),
    ]
    for (index, change) in changes {
      var query = query
      change(&query)
      let (sql, arguments) = JobTable.select(query)
      let plan = try await store.pool.read { database in
        try Row.fetchAll(
          database, sql: "EXPLAIN QUERY PLAN " + sql, arguments: arguments
        ).map { row -> String in row["detail"] }.joined(separator: "; ")
      }
      XCTAssertTrue(plan.contains("USING INDEX \(index) ("), plan)
      XCTAssertFalse(plan.contains("TEMP B-TREE"), plan)
    }
  }
}
