import Foundation
import GRDB
import JobCloning
import JobMessages
import Synchronization
import XCTest

@testable import JobStoreSQLite

/// A checkpoint must not meet somebody who begins the log anew.
final class CheckpointTests: StoreTestCase {
  override class func setUp() { SyncWatch.install() }

  /// Opens a connection as another process has it, which makes no checkpoints, and waits for others
  /// or not.
  private func connect(waiting: Bool = false) throws -> DatabaseQueue {
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    var configuration = Configuration()
    configuration.journalMode = .wal
    if waiting { configuration.busyMode = .timeout(DatabaseOpening.busyTimeout) }
    configuration.prepareDatabase { try $0.execute(sql: "PRAGMA wal_autocheckpoint = 0") }
    return try DatabaseQueue(path: path, configuration: configuration)
  }

  /// Whether this SQLite loses pages: before 3.51.3, with two repaired older lines.
  private static func hasFault(_ database: Database) throws -> Bool {
    let version = try String.fetchOne(database, sql: "SELECT sqlite_version()") ?? ""
    let number = version.split(separator: ".").compactMap { Int($0) }
    if number.starts(with: [3, 44]) { return number[2] < 6 }
    if number.starts(with: [3, 50]) { return number[2] < 7 }
    return number.lexicographicallyPrecedes([3, 51, 3])
  }

  /// What the store guards against, with connections of SQLite alone: it is real with an affected
  /// version, and the watch of the next test finds the moment.
  func testCheckpointsThatAnyoneMakesLosePages() async throws {
    let (writer, first, second) = (try connect(), try connect(), try connect())
    @Sendable func insert(_ count: Int) throws {
      for _ in 0..<count {
        try writer.write {
          try $0.execute(sql: "INSERT INTO t (text) VALUES (hex(randomblob(1000)))")
        }
      }
    }
    try await writer.write {
      try $0.execute(sql: "CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT UNIQUE)")
    }
    try insert(100)
    try first.inDatabase { _ = try $0.checkpoint() }
    let moments = Counter()
    try await SyncWatch.watchingCheckpoints(of: path) {
      guard moments.increment() == 1 else { return }
      // Begins the log anew.
      do { try insert(1) } catch { XCTFail("\(error)") }
    } while: {
      try second.inDatabase { _ = try $0.checkpoint() }
    }
    XCTAssertEqual(moments.value, 1)
    var isDamaged = false
    do {
      try insert(200)
      try first.inDatabase { _ = try $0.checkpoint() }
      try insert(1)
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
      // The random texts may lead to a page that was lost.
      isDamaged = true
    }
    if !isDamaged {
      isDamaged = try await writer.read { database in
        let faults = try? String.fetchAll(database, sql: "PRAGMA integrity_check")
        return faults != ["ok"]
      }
    }
    let hasFault = try await writer.read { try Self.hasFault($0) }
    XCTAssertEqual(isDamaged, hasFault)
  }

  /// The same moment with the store's checkpoints: nobody can write, so nothing is lost.
  func testNobodyWritesDuringACheckpoint() async throws {
    var limits = LogLimits()
    limits.checkpointPages = 20
    let store = try openStore(limits: limits)
    let (other, patient) = (try connect(), try connect(waiting: true))
    let moments = Counter()
    let outcomes = Mutex<Set<Int32>>([])
    try await SyncWatch.watchingCheckpoints(of: path) {
      moments.increment()
      let code: ResultCode
      do {
        try other.inDatabase { try $0.execute(sql: "UPDATE content_epoch SET epoch = epoch + 1") }
        code = .SQLITE_OK
      } catch {
        code = (error as? DatabaseError)?.resultCode ?? .SQLITE_ERROR
      }
      _ = outcomes.withLock { $0.insert(code.rawValue) }
    } while: {
      var number = 0
      while moments.value < 20, number < 2_000 {
        number += 1
        _ = try await store.create(makeCreation("\(number)"))
        if number % 7 == 0 {
          // Between checkpoints others write as they like.
          try patient.inDatabase {
            try $0.execute(sql: "UPDATE installation SET value = value")
          }
        }
      }
    }
    XCTAssertGreaterThanOrEqual(moments.value, 20, "too few checkpoints")
    XCTAssertEqual(outcomes.withLock { $0 }, [ResultCode.SQLITE_BUSY.rawValue])
    let epoch = try await store.contentEpoch()
    XCTAssertEqual(epoch, 1)
    try assertHealthy(store)
  }

  /// No connection makes a checkpoint of its own after a commit.
  func testNoConnectionMakesCheckpointsByItself() async throws {
    var limits = LogLimits()
    limits.checkpointPages = .max
    let store = try openStore(limits: limits)
    let moments = Counter()
    try await SyncWatch.watching(path) {
      moments.increment()
      return nil
    } while: {
      let config = String(repeating: "c", count: 100_000)
      for number in 0..<60 {
        _ = try await store.create(makeCreation(makeJob("\(number)") { $0.config = config }))
      }
    }
    XCTAssertEqual(moments.value, 0, "the database was written to")
    let size = try FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int
    XCTAssertGreaterThan(try XCTUnwrap(size), 1000 * 4096, "too little was written to tell")
  }

  /// A checkpoint that cannot be made fails no write, and is made once it can be.
  func testAFailingCheckpointFailsNoWrite() async throws {
    var limits = LogLimits()
    limits.checkpointPages = 20
    let store = try openStore(limits: limits)
    let attempts = Counter()
    try await SyncWatch.watching(path) {
      attempts.increment()
      return .brokenDisk
    } while: {
      for number in 0..<30 {
        let outcome = try await store.create(makeCreation("\(number)"))
        XCTAssertEqual(outcome, .created)
      }
    }
    XCTAssertGreaterThan(attempts.value, 0)
    for number in 30..<60 { _ = try await store.create(makeCreation("\(number)")) }
    XCTAssertEqual(try store.count("jobs"), 60)
    try assertHealthy(store)
    let size = try FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int
    XCTAssertLessThan(try XCTUnwrap(size), 2_000_000, "the log is not used again")
  }
}
