import Foundation
import GRDB
import JobCloning
import JobMessages
import XCTest

@testable import JobStoreSQLite

/// What was acknowledged is on stable storage, and nothing is half there (clone-semantics §3).
final class DurabilityTests: StoreTestCase {
  private var log: String { path + "-wal" }

  override class func setUp() { SyncWatch.install() }

  func testWriterSynchronisesEveryCommit() throws {
    let store = try openStore()
    let (synchronous, journal, foreignKeys) = try store.pool.writeWithoutTransaction {
      (
        try Int.fetchOne($0, sql: "PRAGMA synchronous"),
        try String.fetchOne($0, sql: "PRAGMA journal_mode"),
        try Bool.fetchOne($0, sql: "PRAGMA foreign_keys")
      )
    }
    XCTAssertEqual(synchronous, 2)
    XCTAssertEqual(journal, "wal")
    XCTAssertEqual(foreignKeys, true)
  }

  func testEachCreationIsSynchronisedBeforeItReturns() async throws {
    let store = try openStore()
    let syncs = Counter()
    try await SyncWatch.watching(log) {
      syncs.increment()
      return nil
    } while: {
      for number in 0..<20 {
        let before = syncs.value
        _ = try await store.create(makeCreation("\(number)"))
        XCTAssertGreaterThan(syncs.value, before, "creation \(number)")
      }
    }
  }

  /// An error of the disk is seen, so the answer waited for it; a commit that is not synchronised
  /// would not notice.
  func testFailedSyncFailsTheCreation() async throws {
    let store = try openStore()
    _ = try await store.create(makeCreation("before"))
    await SyncWatch.watching(log) {
      .brokenDisk
    } while: {
      await assertFails(.unavailable) { try await store.create(makeCreation("a")) }
    }
    let lost = try await store.job(id: "a")
    XCTAssertNil(lost)
    let outcome = try await store.create(makeCreation("a"))
    XCTAssertEqual(outcome, .created, "the store works again")
    let before = try await store.job(id: "before")
    XCTAssertNotNil(before)
  }

  func testCreationsThatWaitShareOneSync() async throws {
    let store = try openStore()
    let gate = DispatchSemaphore(value: 0)
    let (reached, atSync) = AsyncStream.makeStream(of: Void.self)
    let syncs = Counter()
    try await SyncWatch.watching(log) {
      if syncs.increment() == 1 {
        atSync.yield()
        gate.wait()
      }
      return nil
    } while: {
      let replies = Counter()
      defer { gate.signal() }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<100 {
          group.addTask {
            _ = try await store.create(makeCreation("\(number)"))
            replies.increment()
            // Ends the wait below for a store that answers without a sync.
            atSync.finish()
          }
          if number == 0 {
            let sync: Void? = await reached.first { true }
            _ = try XCTUnwrap(sync, "answered without a sync")
          }
        }
        while store.writes.waitingCount < 99 { await Task.yield() }
        XCTAssertEqual(replies.value, 0, "answered before the sync")
        gate.signal()
        try await group.waitForAll()
      }
    }
    XCTAssertEqual(syncs.value, 2, "one for the first, one for the rest")
    XCTAssertEqual(try store.count("jobs"), 100)
  }

  /// The files as a crash in the middle of a transaction leaves them.
  func testCrashInATransactionLeavesNothingHalfMade() async throws {
    let store = try openStore()
    _ = try await store.create(makeCreation("whole"))
    let crashed = directory + "/crashed.sqlite"
    try await store.pool.writeWithoutTransaction { [path] database in
      // A cache this small writes pages of the open transaction to the log.
      try database.execute(sql: "PRAGMA cache_size = 10")
      try database.inTransaction(.immediate) {
        for number in 0..<200 {
          let job = makeJob("half \(number)") { $0.config = String(repeating: "c", count: 5000) }
          let creation = EncodedCreation(makeCreation(job, idempotency: makeClaim("\(number)")))
          _ = try JobWrites.create(creation, in: database)
        }
        for suffix in ["", "-wal"] {
          try FileManager.default.copyItem(atPath: path + suffix, toPath: crashed + suffix)
        }
        return .rollback
      }
    }
    let size = try FileManager.default.attributesOfItem(atPath: crashed + "-wal")[.size]
    XCTAssertGreaterThan(try XCTUnwrap(size as? Int), 500_000, "nothing was half written")
    let recovered = try SQLiteJobStore(path: crashed, keys: Self.keys)
    XCTAssertEqual(try recovered.count("jobs"), 1)
    XCTAssertEqual(try recovered.count("operations"), 1)
    XCTAssertEqual(try recovered.count("idempotency_keys"), 0)
    let whole = try await recovered.job(id: "whole")
    XCTAssertNotNil(whole)
    try assertHealthy(recovered)
  }

  /// The files as a crash right after an answer leaves them.
  func testAnsweredCreationIsInTheFilesAtOnce() async throws {
    let store = try openStore()
    for number in 0..<5 {
      _ = try await store.create(
        makeCreation(makeJob("\(number)"), idempotency: makeClaim("\(number)")))
      let copy = directory + "/copy\(number).sqlite"
      for suffix in ["", "-wal"] {
        try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
      }
      let recovered = try SQLiteJobStore(path: copy, keys: Self.keys)
      XCTAssertEqual(try recovered.count("jobs"), number + 1)
      XCTAssertEqual(try recovered.count("operations"), number + 1)
      XCTAssertEqual(try recovered.count("idempotency_keys"), number + 1)
    }
  }

  func testFullDisk() async throws {
    let store = try openStore()
    try await store.pool.writeWithoutTransaction { database in
      let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
      try database.execute(sql: "PRAGMA max_page_count = \(pages + 4)")
    }
    let large = makeJob("large") { $0.config = String(repeating: "c", count: 100_000) }
    await assertFails(.full) { try await store.create(makeCreation(large)) }
    let missing = try await store.job(id: "large")
    XCTAssertNil(missing)
    try await store.pool.writeWithoutTransaction {
      try $0.execute(sql: "PRAGMA max_page_count = 1000000")
    }
    let outcome = try await store.create(makeCreation(large))
    XCTAssertEqual(outcome, .created, "the store works again when there is space")
  }
}
