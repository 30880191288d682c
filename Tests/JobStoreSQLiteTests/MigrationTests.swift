import Foundation
import GRDB
import JobCloning
import JobMessages
import ProtobufWire
import XCTest

@testable import JobStoreSQLite

/// A database that an earlier version made is opened with all that is in it.
final class MigrationTests: StoreTestCase {
  private let content = ContentID(sha256: String(repeating: "a", count: 64), sizeBytes: 1)
  private let cleared = ContentID(sha256: String(repeating: "b", count: 64), sizeBytes: 2)

  /// Two live jobs and one whose data is cleared, each with its operation.
  private var creations: [JobCreation] {
    let live = makeJob("live") {
      $0.name = "clone"
      $0.parentJobID = "source"
      $0.dataExpiresAt = ProtobufTimestamp(seconds: 1_700_000_500, nanos: 1)
    }
    let endless = makeJob("endless", seconds: 1_700_000_001) { $0.status = .success }
    let empty = makeJob("empty", seconds: 1_700_000_002) {
      $0.status = .success
      $0.dataCleared = true
      $0.dataExpiresAt = ProtobufTimestamp(seconds: 5)
    }
    return [
      creation(of: live, [content, .empty], key: "key"), creation(of: endless, [content]),
      creation(of: empty, [cleared]),
    ]
  }

  private func creation(
    of job: Job, _ contents: [ContentID], key: String? = nil
  ) -> JobCreation {
    var creation = makeCreation(job, contents: contents, idempotency: key.map { makeClaim($0) })
    creation.operation.createdAt = job.createdAt
    creation.operation.modifiedAt = job.createdAt
    return creation
  }

  func testVersion1() async throws {
    try FirstVersion.make(at: path, of: creations, keys: Self.keys)
    let store = try openStore()
    for creation in creations {
      let job = try await store.job(id: creation.job.id)
      XCTAssertEqual(job?.serializedBytes(), creation.job.serializedBytes())
      let operation = try await store.operation(id: creation.operation.id)
      XCTAssertEqual(operation?.operation, creation.operation)
      XCTAssertEqual(operation?.jobID, creation.job.id)
    }
    let outcome = try await store.create(makeCreation(makeJob("x"), idempotency: makeClaim()))
    guard case .repeated(let earlier) = outcome else { return XCTFail("\(outcome)") }
    XCTAssertEqual(earlier.operation, creations[0].operation)

    var query = JobQuery(projectID: "project", limit: 9)
    let all = try await store.jobs(matching: query)
    XCTAssertEqual(all.map(\.id), ["empty", "endless", "live"])
    query.names = ["clone"]
    let named = try await store.jobs(matching: query)
    XCTAssertEqual(named.map(\.id), ["live"])
    try assertHealthy(store)
  }

  func testVersion2() async throws {
    var unfinished = creation(of: makeJob("unfinished", seconds: 1_700_000_003), [cleared])
    unfinished.operation.done = false
    unfinished.work = OperationWork(
      .planUploads, payload: [1, 2], lease: OperationLease(holder: "dead", expires: 10))
    let rows = [creations[0], creations[1], unfinished]
    let notes = Dictionary(
      uniqueKeysWithValues: (1...3).map { stage in
        let sha256 = String(repeating: "\(stage)", count: 64)
        return (stage, StoredContent(ContentID(sha256: sha256, sizeBytes: 9), in: "project"))
      })
    try SecondVersion.make(at: path, of: rows, removals: notes, keys: Self.keys)
    let store = try openStore()
    try assertHealthy(store)

    for row in rows {
      let stored = try await store.storedJob(id: row.job.id)
      XCTAssertEqual(stored?.job.serializedBytes(), row.job.serializedBytes())
      XCTAssertEqual(stored?.revision, SecondVersion.revision)
      XCTAssertEqual(stored?.uploadsExpire, SecondVersion.uploadsExpire)
      XCTAssertEqual(stored?.stopsAtOnce, false)
      let operation = try await store.operation(id: row.operation.id)
      XCTAssertEqual(operation?.operation, row.operation)
    }
    let lease = OperationLease(holder: "h", expires: 20)
    let claimed = try await store.claimUnfinished([.planUploads], for: lease, now: 10, limit: 9)
    XCTAssertEqual(claimed.map(\.stored.jobID), ["unfinished"])
    XCTAssertEqual(claimed.first?.work.payload, [1, 2])
    let outcome = try await store.create(makeCreation(makeJob("x"), idempotency: makeClaim()))
    guard case .repeated = outcome else { return XCTFail("\(outcome)") }

    // The notes of removals are as they were, and so is who refers to which content.
    let epoch = try await store.contentEpoch()
    XCTAssertEqual(epoch, SecondVersion.epoch)
    let marked = try await store.markedContents(limit: 9)
    XCTAssertEqual(marked, [notes[1], notes[2]])
    try await store.markUnreferenced([content, cleared].map { StoredContent($0, in: "project") })
    let stillMarked = try await store.markedContents(limit: 9)
    XCTAssertEqual(stillMarked, marked, "both are referred to")
    let stored = try await store.storedJob(id: "unfinished")
    _ = try await store.change(JobChange(of: XCTUnwrap(stored), to: nil))
    let released = try await store.markedContents(limit: 9)
    XCTAssertEqual(released.last?.content, cleared)
    XCTAssertEqual(try store.count("job_contents"), 3)
    try assertHealthy(store)
  }

  func testWhatIsNewWorksWithOldRows() async throws {
    try FirstVersion.make(at: path, of: creations, keys: Self.keys)
    let store = try openStore()
    let operations = try await store.operations(
      matching: OperationQuery(projectID: "project", limit: 9))
    XCTAssertEqual(operations.map(\.jobID), ["empty", "endless", "live"])
    let unfinished = try await store.claimUnfinished(
      [.planUploads, .execute], for: OperationLease(holder: "h", expires: .max), now: .max - 1,
      limit: 9)
    XCTAssertEqual(unfinished, [], "what was made is done")

    let due = try await store.jobs(due: .dataExpired(at: 1_700_000_500), after: nil, limit: 9)
    XCTAssertEqual(due, [], "not before the last nanosecond")
    let overdue = try await store.jobs(due: .dataExpired(at: 1_700_000_501), after: nil, limit: 9)
    XCTAssertEqual(overdue.map(\.job.id), ["live"])
    // URLs of before may still be used for a day.
    let now = Int64(Date().timeIntervalSince1970)
    let early = try await store.jobs(
      due: .uploadsExpired(before: now + 86_000), after: nil, limit: 9)
    XCTAssertEqual(early, [])
    let late = try await store.jobs(
      due: .uploadsExpired(before: now + 86_500), after: nil, limit: 9)
    XCTAssertEqual(late.map(\.job.id), ["live"])

    try await store.markUnreferenced(
      [content, cleared].map { StoredContent($0, in: "project") })
    let marked = try await store.markedContents(limit: 9)
    XCTAssertEqual(marked.map(\.content), [cleared])
    let live = try await store.storedJob(id: "live")
    let changed = try await store.change(JobChange(of: XCTUnwrap(live), to: nil))
    XCTAssertEqual(changed, .changed(revision: nil))
    let stillMarked = try await store.markedContents(limit: 9)
    XCTAssertEqual(stillMarked.map(\.content), [cleared], "the other job refers to its content")

    let forgotten = try await store.forget(
      operationsDoneBefore: 1_700_000_002, keysExpiredAt: 1_800_000_000, limit: 9)
    XCTAssertEqual(forgotten, 3, "two operations and a key")
  }

  /// The tables of a new database are those that every step leads to.
  func testTheTablesAreThoseOfANewDatabase() async throws {
    try FirstVersion.make(at: path, of: creations, keys: Self.keys)
    let second = directory + "/second.sqlite"
    try SecondVersion.make(at: second, of: creations, removals: [:], keys: Self.keys)
    let migrated = try [path, second].map { try SQLiteJobStore(path: $0, keys: Self.keys) }
    let new = try SQLiteJobStore(path: directory + "/new.sqlite", keys: Self.keys)
    func tables(_ store: SQLiteJobStore) async throws -> [String] {
      try await store.pool.read {
        try String.fetchAll(
          $0,
          sql: """
            SELECT type || ' ' || name || coalesce(sql, '') FROM sqlite_master
            WHERE name <> 'grdb_migrations' ORDER BY 1
            """)
      }
    }
    let newTables = try await tables(new)
    for store in migrated {
      let migratedTables = try await tables(store)
      XCTAssertEqual(migratedTables, newTables)
    }
  }

  /// What nobody can read hinders no other row.
  func testADamagedRowDoesNotKeepTheOthersFromBeingOpened() async throws {
    try FirstVersion.make(at: path, of: creations, keys: Self.keys)
    let database = try DatabaseQueue(path: path)
    try await database.write {
      try $0.execute(sql: "UPDATE jobs SET message = x'FF' WHERE id = 'endless'")
      try $0.execute(sql: "UPDATE operations SET message = x'FF' WHERE job_id = 'endless'")
    }
    try database.close()
    let store = try openStore()
    await assertFails(.corrupted) { try await store.job(id: "endless") }
    await assertFails(.corrupted) { try await store.operation(id: "op-endless") }
    let job = try await store.job(id: "live")
    XCTAssertNotNil(job)
    let forgotten = try await store.forget(
      operationsDoneBefore: .max, keysExpiredAt: 0, limit: 9)
    XCTAssertEqual(forgotten, 2, "its end is not known")
  }

  func testManyRows() async throws {
    let jobs = (0..<1_234).map { number in
      creation(of: makeJob("\(number)", seconds: Int64(number)), [content])
    }
    try FirstVersion.make(at: path, of: jobs, keys: Self.keys)
    let store = try openStore()
    let filled = try await store.pool.read {
      try Int.fetchOne(
        $0, sql: "SELECT count(*) FROM operations WHERE modified_seconds = created_seconds")
    }
    XCTAssertEqual(filled, 1_234)
    XCTAssertEqual(try store.count("operations WHERE created_seconds > 0"), 1_233)
    XCTAssertEqual(try store.count("job_contents"), 1_234)
    try assertHealthy(store)
  }
}
