import Foundation
import GRDB
import JobCloning
import JobMessages
import XCTest

@testable import JobStoreSQLite

/// Opening a store: what it makes, and what it refuses with a clear error.
final class OpeningTests: StoreTestCase {
  private func mode(of path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  private func makeDirectory() throws {
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
  }

  func testFilesAreForTheirOwnerAlone() async throws {
    let store = try SQLiteJobStore(path: path)
    _ = try await store.create(makeCreation("a"))
    XCTAssertEqual(try mode(of: directory), 0o700)
    for suffix in ["", "-wal", "-shm", ".key"] {
      XCTAssertEqual(try mode(of: path + suffix), 0o600, suffix)
    }
  }

  func testDefaultKeysLiveBesideTheDatabase() throws {
    let message: [UInt8] = [1, 2, 3]
    let code = try SQLiteJobStore(path: path).keys.mac(message, purpose: "test")
    let again = try SQLiteJobStore(path: path)
    XCTAssertTrue(again.keys.isValidMAC(code, for: message, purpose: "test"))
  }

  func testRelativePath() throws {
    try makeDirectory()
    let before = FileManager.default.currentDirectoryPath
    XCTAssertTrue(FileManager.default.changeCurrentDirectoryPath(directory))
    defer { _ = FileManager.default.changeCurrentDirectoryPath(before) }
    _ = try SQLiteJobStore(path: "relative.sqlite", keys: Self.keys)
    XCTAssertTrue(FileManager.default.fileExists(atPath: directory + "/relative.sqlite"))
  }

  // MARK: Keys

  func testOtherKeysAreRefused() async throws {
    _ = try openStore()
    await assertFails(.misconfigured) { try SQLiteJobStore(path: path, keys: .random()) }
  }

  func testLostKeyFileIsNoticed() async throws {
    _ = try SQLiteJobStore(path: path)
    try FileManager.default.removeItem(atPath: path + ".key")
    await assertFails(.misconfigured) { try SQLiteJobStore(path: path) }
  }

  func testRotatedKeys() async throws {
    let old = Self.keys
    let rotated = old.rotated()
    _ = try SQLiteJobStore(path: path, keys: old)
    _ = try SQLiteJobStore(path: path, keys: rotated)
    _ = try SQLiteJobStore(path: path, keys: KeyRing(current: rotated.current))
    await assertFails(.misconfigured) { try SQLiteJobStore(path: path, keys: old) }
  }

  // MARK: Versions

  func testMigrationsAreAppliedOnce() async throws {
    let first = try openStore()
    _ = try await first.create(makeCreation("a"))
    let second = try openStore()
    let job = try await second.job(id: "a")
    XCTAssertNotNil(job)
    let applied = try await second.pool.read(Schema.migrator.appliedMigrations)
    XCTAssertEqual(
      applied,
      [
        "1 jobs, operations, idempotency keys", "2 changes, unfinished work, removals",
        "3 contents of jobs in key order", "4 jobs that stop at once",
      ])
  }

  func testNewerDatabaseIsRefused() async throws {
    let store = try openStore()
    try await store.pool.write {
      try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('2 from the future')")
    }
    try await store.close()
    await assertFails(.misconfigured, naming: "newer version") { try self.openStore() }
    await assertFails(.misconfigured) { try self.openStore() }
  }

  func testManyStoresMakeOneDatabaseAtOnce() throws {
    for round in 0..<5 {
      let path = path + "\(round)"
      let failures = Failures()
      DispatchQueue.concurrentPerform(iterations: 8) { _ in
        do {
          _ = try SQLiteJobStore(path: path, keys: Self.keys)
        } catch {
          failures.add(error)
        }
      }
      XCTAssertEqual(failures.descriptions, [])
    }
  }

  // MARK: Paths that cannot be used

  func testDirectoryInsteadOfAFile() async throws {
    try makeDirectory()
    await assertFails(.misconfigured, naming: directory) {
      try SQLiteJobStore(path: directory, keys: Self.keys)
    }
  }

  func testGarbageFile() async throws {
    try makeDirectory()
    let garbage = Data((0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 97) })
    try garbage.write(to: URL(fileURLWithPath: path))
    await assertFails(.corrupted) { try self.openStore() }
    XCTAssertEqual(FileManager.default.contents(atPath: path), garbage, "left as it was")
  }

  func testDamagedFile() async throws {
    let store = try openStore()
    for number in 0..<100 {
      let job = makeJob("\(number)") { $0.config = String(repeating: "c", count: 5000) }
      _ = try await store.create(makeCreation(job))
    }
    try await store.close()
    let file = try XCTUnwrap(FileHandle(forUpdatingAtPath: path))
    try file.seek(toOffset: 4096)
    try file.write(contentsOf: Data(repeating: 0xAA, count: 400_000))
    try file.close()
    await assertFails(.corrupted) {
      let store = try self.openStore()
      for number in 0..<100 { _ = try await store.job(id: "\(number)") }
    }
  }

  func testMissingPath() async throws {
    await assertFails(.misconfigured, naming: "no path") {
      try SQLiteJobStore(path: "", keys: Self.keys)
    }
  }

  func testDirectoryThatCannotBeMade() async throws {
    await assertFails(.misconfigured, naming: "/proc/jobs") {
      try SQLiteJobStore(path: "/proc/jobs/jobs.sqlite", keys: Self.keys)
    }
    try makeDirectory()
    try Data().write(to: URL(fileURLWithPath: path))
    await assertFails(.misconfigured) {
      try SQLiteJobStore(path: path + "/below/jobs.sqlite", keys: Self.keys)
    }
  }

  /// A file that cannot be written, not even by root, in a directory that takes no other.
  func testReadOnlyFile() async throws {
    await assertFails(.misconfigured, naming: "/proc/version") {
      try SQLiteJobStore(path: "/proc/version", keys: Self.keys)
    }
  }

  func testOtherProgramsDatabaseWithOurTables() async throws {
    try makeDirectory()
    let other = try DatabaseQueue(path: path)
    try await other.write { try $0.execute(sql: "CREATE TABLE jobs (id INTEGER)") }
    try other.close()
    await assertFails(.unavailable, naming: "jobs") { try self.openStore() }
  }

  func testErrorsNameTheFileAndTheReason() {
    func code(_ resultCode: ResultCode) -> StoreError.Code {
      StoreError(DatabaseError(resultCode: resultCode), database: "f").code
    }
    XCTAssertEqual(code(.SQLITE_FULL), .full)
    XCTAssertEqual(code(.SQLITE_IOERR), .unavailable)
    XCTAssertEqual(code(.SQLITE_IOERR_FSYNC), .unavailable)
    XCTAssertEqual(code(.SQLITE_BUSY), .unavailable)
    XCTAssertEqual(code(.SQLITE_CANTOPEN), .unavailable)
    XCTAssertEqual(code(.SQLITE_CORRUPT), .corrupted)
    XCTAssertEqual(code(.SQLITE_NOTADB), .corrupted)
    XCTAssertEqual(code(.SQLITE_READONLY), .misconfigured)
    let error = StoreError(
      DatabaseError(resultCode: .SQLITE_FULL, message: "database or disk is full"),
      database: "f")
    XCTAssertEqual(error.message, "jobs database f: database or disk is full")
  }
}

/// Errors from several threads.
private final class Failures: @unchecked Sendable {
  // SAFETY: the lock guards every use of the errors.
  private var errors: [String] = []
  private let lock = NSLock()

  var descriptions: [String] { lock.withLock { errors } }

  func add(_ error: any Error) { lock.withLock { errors.append("\(error)") } }
}
