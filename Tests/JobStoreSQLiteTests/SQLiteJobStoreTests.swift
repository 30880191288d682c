import Foundation
import GRDB
import JobCloning
import JobMessages
import ProtobufWire
import XCTest

@testable import JobStoreSQLite

/// What is stored comes back, and only once.
final class SQLiteJobStoreTests: StoreTestCase {
  func testCreatedJobAndOperationComeBack() async throws {
    let store = try openStore()
    let creation = makeCreation(
      makeJob("a") {
        $0.name = "name"
        $0.parentJobID = "parent"
        $0.statusDetails = "näher"
      })
    let outcome = try await store.create(creation)
    XCTAssertEqual(outcome, .created)
    let job = try await store.job(id: "a")
    XCTAssertEqual(job, creation.job)
    let operation = try await store.operation(id: "op-a")
    XCTAssertEqual(
      operation,
      StoredOperation(operation: creation.operation, projectID: "project", jobID: "a"))
  }

  func testUnknownIDs() async throws {
    let store = try openStore()
    for id in ["", "a", "' OR 1=1 --", "\u{0}"] {
      let job = try await store.job(id: id)
      XCTAssertNil(job)
      let operation = try await store.operation(id: id)
      XCTAssertNil(operation)
    }
  }

  func testEverythingSurvivesAReopening() async throws {
    let first = try openStore()
    _ = try await first.create(makeCreation(makeJob("a"), idempotency: makeClaim()))
    try await first.close()
    let second = try openStore()
    let job = try await second.job(id: "a")
    XCTAssertEqual(job?.id, "a")
    let operation = try await second.operation(id: "op-a")
    XCTAssertNotNil(operation)
    let repeated = try await second.create(
      makeCreation(makeJob("b"), idempotency: makeClaim()))
    XCTAssertEqual(repeated, operation.map { .repeated($0) })
  }

  func testMessagesAreKeptToTheByteUnknownFieldsIncluded() async throws {
    let store = try openStore()
    // Field 2000 with a varint, field 2001 with four bytes that are no UTF-8.
    let unknown: [UInt8] = [0x80, 0x7D, 0x2A, 0x8A, 0x7D, 0x04, 0xFF, 0xFE, 0x00, 0x80]
    let job = try Job(serializedBytes: makeJob("a").serializedBytes() + unknown)
    var creation = makeCreation(job)
    creation.operation = try LongRunningOperation(
      serializedBytes: creation.operation.serializedBytes() + unknown)
    _ = try await store.create(creation)
    let kept = try await store.job(id: "a")
    XCTAssertEqual(kept?.serializedBytes(), job.serializedBytes())
    XCTAssertEqual(Array(try XCTUnwrap(kept).serializedBytes().suffix(10)), unknown)
    let operation = try await store.operation(id: "op-a")
    XCTAssertEqual(
      operation?.operation.serializedBytes(), creation.operation.serializedBytes())
  }

  func testReferencesToContents() async throws {
    let store = try openStore()
    let contents = (0..<3).map {
      ContentID(sha256: String(repeating: "\($0)", count: 64), sizeBytes: Int64($0))
    }
    _ = try await store.create(makeCreation(makeJob("a"), contents: contents))
    _ = try await store.create(makeCreation(makeJob("b"), contents: [contents[0]]))
    let references = try await store.pool.read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT id, job_contents.project_id, sha256, size_bytes
          FROM job_contents JOIN jobs ON number = job ORDER BY id, size_bytes
          """
      ).map { row -> String in
        let job: String = row[0]
        let project: String = row[1]
        let hash: String = row[2]
        let size: Int = row[3]
        return "\(job) \(project) \(hash.prefix(1)) \(size)"
      }
    }
    XCTAssertEqual(
      references, ["a project 0 0", "a project 1 1", "a project 2 2", "b project 0 0"])
  }

  /// Whoever deletes a job, by hand too, leaves no reference behind.
  func testDeletedJobTakesItsReferencesAlong() async throws {
    let store = try openStore()
    _ = try await store.create(
      makeCreation(makeJob("a"), contents: [ContentID(sha256: "x", sizeBytes: 1)]))
    try await store.pool.write { try $0.execute(sql: "DELETE FROM jobs") }
    XCTAssertEqual(try store.count("job_contents"), 0)
    XCTAssertEqual(try store.count("operations"), 1)
  }

  func testSameIDTwiceStoresNothingOfTheSecond() async throws {
    let store = try openStore()
    _ = try await store.create(makeCreation("a"))
    var second = makeCreation(makeJob("a"), idempotency: makeClaim())
    second.operation.id = "op-other"
    await assertFails(.unavailable) { try await store.create(second) }
    XCTAssertEqual(try store.count("operations"), 1)
    XCTAssertEqual(try store.count("idempotency_keys"), 0)
  }

  // MARK: Names

  func testUniqueNames() async throws {
    let store = try openStore()
    let named = makeJob("a") { $0.name = "n" }
    _ = try await store.create(makeCreation(named, requiresUniqueName: true))
    func outcome(
      _ id: String, project: String = "project", name: String, unique: Bool = true
    ) async throws -> JobCreationOutcome {
      let job = makeJob(id, project: project) { $0.name = name }
      return try await store.create(makeCreation(job, requiresUniqueName: unique))
    }
    let taken = try await outcome("b", name: "n")
    XCTAssertEqual(taken, .nameTaken)
    let otherCase = try await outcome("c", name: "N")
    XCTAssertEqual(otherCase, .created)
    let otherProject = try await outcome("d", project: "other", name: "n")
    XCTAssertEqual(otherProject, .created)
    let notAsked = try await outcome("e", name: "n", unique: false)
    XCTAssertEqual(notAsked, .created)
    for id in ["f", "g"] {
      let unnamed = try await outcome(id, name: "")
      XCTAssertEqual(unnamed, .created, "jobs without a name do not collide")
    }
    let job = try await store.job(id: "b")
    XCTAssertNil(job)
  }

  func testUniqueNamesWithinOneBatch() async throws {
    let store = try openStore()
    let outcomes = try await withThrowingTaskGroup(of: JobCreationOutcome.self) { group in
      for number in 0..<32 {
        let job = makeJob("\(number)") { $0.name = "n" }
        group.addTask {
          try await store.create(makeCreation(job, requiresUniqueName: true))
        }
      }
      return try await group.reduce(into: [JobCreationOutcome]()) { $0.append($1) }
    }
    XCTAssertEqual(outcomes.filter { $0 == .created }.count, 1)
    XCTAssertEqual(outcomes.filter { $0 == .nameTaken }.count, 31)
    XCTAssertEqual(try store.count("jobs"), 1)
  }

  // MARK: Bytes that cannot be read back

  func testUndecodableMessagesAreNamed() async throws {
    let store = try openStore()
    _ = try await store.create(makeCreation("a"))
    try await store.pool.write { database in
      try database.execute(sql: "UPDATE jobs SET message = x'0A'")
      try database.execute(sql: "UPDATE operations SET message = x'0A'")
    }
    await assertFails(.corrupted, naming: "job a") { try await store.job(id: "a") }
    await assertFails(.corrupted, naming: "operation op-a") {
      try await store.operation(id: "op-a")
    }
    await assertFails(.corrupted, naming: "project") {
      try await store.jobs(matching: JobQuery(projectID: "project", limit: 1))
    }
  }
}
