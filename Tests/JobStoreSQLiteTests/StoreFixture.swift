import Foundation
import GRDB
import JobCloning
import JobMessages
import Logging
import Metrics
import ProtobufWire
import Synchronization
import XCTest

@testable import JobStoreSQLite

/// A directory for the database of one test, removed with everything in it afterwards.
class StoreTestCase: XCTestCase {
  private(set) var directory = ""
  static let keys = KeyRing.random()

  /// The database of the test; it does not exist before a store is opened on it.
  var path: String { directory + "/jobs.sqlite" }

  override func setUp() {
    directory = NSTemporaryDirectory() + "JobStoreSQLiteTests-" + UUID().uuidString
  }

  override func tearDown() {
    try? FileManager.default.removeItem(atPath: directory)
  }

  func openStore(limits: LogLimits = LogLimits()) throws -> SQLiteJobStore {
    try SQLiteJobStore(
      path: path, keys: Self.keys, limits: limits,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      metrics: NOOPMetricsHandler.instance)
  }

  /// Checks that SQLite finds nothing wrong with the file: neither its pages nor its references.
  func assertHealthy(
    _ store: SQLiteJobStore, _ what: String = "", file: StaticString = #filePath,
    line: UInt = #line
  ) throws {
    XCTAssertEqual(try store.faults(), [], what, file: file, line: line)
  }

  /// Checks that an error is one of the store, with this code and a message that names the file.
  func assertFails<Value>(
    _ code: StoreError.Code, naming text: String? = nil, file: StaticString = #filePath,
    line: UInt = #line, _ body: () async throws -> Value
  ) async {
    do {
      _ = try await body()
      XCTFail("no error", file: file, line: line)
    } catch let error as StoreError {
      XCTAssertEqual(error.code, code, "\(error)", file: file, line: line)
      XCTAssertTrue(
        error.message.contains(text ?? path), error.message, file: file, line: line)
    } catch {
      XCTFail("\(error)", file: file, line: line)
    }
  }
}

/// A number that several threads count up.
final class Counter: Sendable {
  private let count = Atomic(0)

  var value: Int { count.load(ordering: .sequentiallyConsistent) }

  /// Adds one and returns the sum.
  @discardableResult
  func increment() -> Int { count.add(1, ordering: .sequentiallyConsistent).newValue }
}

/// Makes a job of the test's project.
func makeJob(
  _ id: String, project: String = "project", seconds: Int64 = 1_700_000_000, nanos: Int32 = 0,
  _ change: (inout Job) -> Void = { _ in }
) -> Job {
  var job = Job()
  job.id = id
  job.projectID = project
  job.createdAt = ProtobufTimestamp(seconds: seconds, nanos: nanos)
  job.status = .creating
  job.createdByID = "alice"
  change(&job)
  return job
}

/// Makes the creation of a job with an operation of the id `op-<job id>`.
func makeCreation(
  _ job: Job, contents: [ContentID] = [], idempotency: IdempotencyClaim? = nil,
  requiresUniqueName: Bool = false
) -> JobCreation {
  var operation = LongRunningOperation()
  operation.id = "op-" + job.id
  operation.description = "Create job \(job.id)"
  operation.done = true
  return JobCreation(
    job: job, operation: operation, contents: contents, idempotency: idempotency,
    requiresUniqueName: requiresUniqueName)
}

func makeCreation(_ id: String) -> JobCreation { makeCreation(makeJob(id)) }

/// Makes a claim of a key at `at`, kept for a day.
func makeClaim(
  _ key: String = "key", principal: String = "alice", method: String = "/S/Clone",
  digest: [UInt8] = [1, 2, 3], at seconds: Int64 = 1_700_000_000, nanos: Int32 = 0
) -> IdempotencyClaim {
  IdempotencyClaim(
    principalID: principal, method: method, key: key, requestDigest: digest,
    claimedAt: ProtobufTimestamp(seconds: seconds, nanos: nanos),
    expiresAt: ProtobufTimestamp(seconds: seconds + 86_400, nanos: nanos))
}

extension SQLiteJobStore {
  /// What SQLite finds wrong with the file: with its pages, and with its references.
  func faults() throws -> [String] {
    try pool.read { database in
      try String.fetchAll(database, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
        + Row.fetchAll(database, sql: "PRAGMA foreign_key_check").map(\.description)
    }
  }

  /// How many rows a table has.
  func count(_ table: String) throws -> Int {
    try pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? -1 }
  }
}
