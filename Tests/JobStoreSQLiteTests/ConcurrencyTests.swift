import Foundation
import GRDB
import JobCloning
import JobMessages
import XCTest

@testable import JobStoreSQLite

/// Many callers, failing neighbours, cancelled callers, and the end of a store.
final class ConcurrencyTests: StoreTestCase {
  func testManyCreationsAtOnceAreAllStored() async throws {
    let store = try openStore()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<1000 {
        group.addTask {
          let outcome = try await store.create(makeCreation("\(number)"))
          XCTAssertEqual(outcome, .created)
          let job = try await store.job(id: "\(number)")
          XCTAssertNotNil(job, "what is answered can be read")
        }
      }
      try await group.waitForAll()
    }
    XCTAssertEqual(try store.count("jobs"), 1000)
    XCTAssertEqual(try store.count("operations"), 1000)
  }

  func testOneThatCannotBeStoredDoesNotFailItsNeighbours() async throws {
    let store = try openStore()
    _ = try await store.create(makeCreation("taken"))
    let results = await withTaskGroup(of: (Int, Bool).self) { group in
      for number in 0..<60 {
        group.addTask {
          // Every tenth has an id that is stored already.
          let id = number % 10 == 0 ? "taken" : "\(number)"
          let outcome = try? await store.create(makeCreation(id))
          return (number, outcome == .created)
        }
      }
      return await group.reduce(into: [Int: Bool]()) { $0[$1.0] = $1.1 }
    }
    for number in 0..<60 { XCTAssertEqual(results[number], number % 10 != 0, "\(number)") }
    XCTAssertEqual(try store.count("jobs"), 55)
  }

  func testTwoStoresOnOneFileWriteAtTheSameTime() async throws {
    let stores = [try openStore(), try openStore()]
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<400 {
        group.addTask {
          _ = try await stores[number % 2].create(makeCreation("\(number)"))
          let job = try await stores[(number + 1) % 2].job(id: "\(number)")
          XCTAssertNotNil(job, "the other store sees it at once")
        }
      }
      try await group.waitForAll()
    }
    XCTAssertEqual(try stores[0].count("jobs"), 400)
  }

  /// Once handed over, a creation is completed and its true outcome returned.
  func testCancelledCallerGetsTheTrueOutcome() async throws {
    let store = try openStore()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<50 {
        group.addTask {
          let task = Task { try await store.create(makeCreation("\(number)")) }
          task.cancel()
          let outcome = try await task.value
          XCTAssertEqual(outcome, .created)
        }
      }
      try await group.waitForAll()
    }
    XCTAssertEqual(try store.count("jobs"), 50)
  }

  func testCancelledReaderGetsItsAnswer() async throws {
    let store = try openStore()
    _ = try await store.create(makeCreation("a"))
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await store.job(id: "a")
    }
    let job = try await task.value
    XCTAssertNotNil(job)
  }

  func testClosedStore() async throws {
    let store = try openStore()
    _ = try await store.create(makeCreation("a"))
    try await store.close()
    try await store.close()
    await assertFails(.unavailable) { try await store.create(makeCreation("b")) }
    await assertFails(.unavailable) { try await store.job(id: "a") }
    await assertFails(.unavailable) { try await store.operation(id: "a") }
    await assertFails(.unavailable) { try await store.idempotent(makeClaim()) }
    await assertFails(.unavailable) {
      try await store.jobs(matching: JobQuery(projectID: "p", limit: 1))
    }
    XCTAssertFalse(FileManager.default.fileExists(atPath: path + "-wal"), "not closed cleanly")
  }

  func testCreationsUnderWayAreCompletedByClose() async throws {
    let store = try openStore()
    let created = try await withThrowingTaskGroup(of: String?.self) { group in
      for number in 0..<200 {
        group.addTask {
          do {
            _ = try await store.create(makeCreation("\(number)"))
            return "\(number)"
          } catch let error as StoreError where error.code == .unavailable {
            return nil
          }
        }
      }
      group.addTask {
        try await store.close()
        return nil
      }
      return try await group.reduce(into: Set<String>()) { ids, id in
        if let id { ids.insert(id) }
      }
    }
    let reopened = try openStore()
    let stored = try await reopened.pool.read {
      try String.fetchSet($0, sql: "SELECT id FROM jobs")
    }
    XCTAssertEqual(stored, created, "what was answered is what is stored")
  }

  func testReleasedStoreClosesItsFiles() async throws {
    weak var pool: DatabasePool?
    do {
      let store = try openStore()
      pool = store.pool
      _ = try await store.create(makeCreation("a"))
      _ = try await store.job(id: "a")
    }
    // GRDB's threads let go of the pool, and of each connection, a moment after they answered.
    let deadline = ContinuousClock.now + .seconds(20)
    while pool != nil || openDescriptors() > 0, .now < deadline { await Task.yield() }
    XCTAssertNil(pool)
    XCTAssertEqual(openDescriptors(), 0)
  }

  /// How many descriptors of this process are of the store's files.
  private func openDescriptors() -> Int {
    let folder = "/proc/self/fd/"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { name in
      let target = try? FileManager.default.destinationOfSymbolicLink(atPath: folder + name)
      return target?.hasPrefix(path) ?? false
    }.count
  }
}
