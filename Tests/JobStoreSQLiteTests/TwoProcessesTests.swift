import Foundation
import JobCloning
import JobMessages
import XCTest

@testable import JobStoreSQLite

/// Two processes on one database file.
final class TwoProcessesTests: StoreTestCase {
  private static let variable = "JOB_STORE_SHARED_DIRECTORY"
  private static let keyCount = 300

  /// Both processes make the database, and claim the same keys in the same order.
  func testEachKeyCreatesOnceWhicheverProcessComesFirst() async throws {
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    let other = try OtherProcess(
      running: "JobStoreSQLiteTests.TwoProcessesTests/testHelperThatClaimsKeys",
      environment: [Self.variable: directory])
    // The other process says that it is there, so that the two really meet.
    while !FileManager.default.fileExists(atPath: directory + "/ready") { await Task.yield() }
    let store = try SQLiteJobStore(path: path)
    let ours = try await claimKeys(in: store, as: "ours")
    try other.waitForSuccess()
    let theirs = try String(contentsOfFile: directory + "/theirs", encoding: .utf8)
      .split(separator: "\n").map(String.init)
    XCTAssertEqual(Set(ours).intersection(theirs), [])
    XCTAssertEqual(ours.count + theirs.count, Self.keyCount)
    XCTAssertEqual(try store.count("jobs"), Self.keyCount)
    XCTAssertEqual(try store.count("operations"), Self.keyCount)
  }

  /// The other process; alone it checks nothing.
  func testHelperThatClaimsKeys() async throws {
    guard let shared = ProcessInfo.processInfo.environment[Self.variable] else { return }
    XCTAssertTrue(FileManager.default.createFile(atPath: shared + "/ready", contents: nil))
    let store = try SQLiteJobStore(path: shared + "/jobs.sqlite")
    let theirs = try await claimKeys(in: store, as: "theirs")
    try theirs.joined(separator: "\n")
      .write(toFile: shared + "/theirs", atomically: true, encoding: .utf8)
    try await store.close()
  }

  // MARK: Unfinished work

  /// Both processes take over what a dead one left.
  func testEachUnfinishedOperationIsClaimedByOneProcess() async throws {
    let store = try SQLiteJobStore(path: path)
    for number in 0..<Self.keyCount {
      var creation = makeCreation("\(number)")
      creation.operation.done = false
      creation.work = OperationWork(
        .planUploads, payload: [], lease: OperationLease(holder: "dead", expires: 10))
      _ = try await store.create(creation)
    }
    let first = try await Self.claim(in: store, as: "ours")
    let other = try OtherProcess(
      running: "JobStoreSQLiteTests.TwoProcessesTests/testHelperThatClaimsWork",
      environment: [Self.variable: directory])
    while !FileManager.default.fileExists(atPath: directory + "/ready") { await Task.yield() }
    let ours = try await first + claimWork(in: store, as: "ours")
    try other.waitForSuccess()
    let theirs = try String(contentsOfFile: directory + "/theirs", encoding: .utf8)
      .split(separator: "\n").map(String.init)
    XCTAssertGreaterThan(ours.count, 0)
    XCTAssertGreaterThan(theirs.count, 0, "the two did not meet")
    XCTAssertEqual(Set(ours).intersection(theirs), [])
    XCTAssertEqual(ours.count + theirs.count, Self.keyCount)
    let renewed = try await store.renew(
      OperationLease(holder: "ours", expires: 200), ofOperation: XCTUnwrap(theirs.first))
    XCTAssertFalse(renewed, "a lease is its holder's alone")
  }

  /// The other process; alone it checks nothing.
  func testHelperThatClaimsWork() async throws {
    guard let shared = ProcessInfo.processInfo.environment[Self.variable] else { return }
    let store = try SQLiteJobStore(path: shared + "/jobs.sqlite")
    let first = try await Self.claim(in: store, as: "theirs")
    XCTAssertTrue(FileManager.default.createFile(atPath: shared + "/ready", contents: nil))
    let theirs = try await first + claimWork(in: store, as: "theirs")
    try theirs.joined(separator: "\n")
      .write(toFile: shared + "/theirs", atomically: true, encoding: .utf8)
    try await store.close()
  }

  /// The operations that this process claimed, with several claims at once, until none was left.
  private func claimWork(in store: SQLiteJobStore, as holder: String) async throws -> [String] {
    try await withThrowingTaskGroup(of: [String].self) { group in
      for _ in 0..<4 {
        group.addTask {
          var all: [String] = []
          while true {
            let claimed = try await Self.claim(in: store, as: holder)
            if claimed.isEmpty { return all }
            all += claimed
          }
        }
      }
      return try await group.reduce(into: [String]()) { $0 += $1 }
    }
  }

  private static func claim(
    in store: SQLiteJobStore, as holder: String
  ) async throws -> [String] {
    let lease = OperationLease(holder: holder, expires: 100)
    return try await store.claimUnfinished([.planUploads], for: lease, now: 10, limit: 3)
      .map(\.stored.operation.id)
  }

  /// The keys that this process created a job with; for each other one the operation is there.
  private func claimKeys(in store: SQLiteJobStore, as name: String) async throws -> [String] {
    try await withThrowingTaskGroup(of: String?.self) { group in
      for number in 0..<Self.keyCount {
        group.addTask {
          let key = "key \(number)"
          let creation = makeCreation(
            makeJob("\(name) \(number)"), idempotency: makeClaim(key))
          switch try await store.create(creation) {
          case .created:
            return key
          case .repeated(let operation):
            let stored = try await store.operation(id: operation.operation.id)
            XCTAssertEqual(stored, operation)
            return nil
          case .keyReused, .nameTaken, .contentsChanged:
            XCTFail("the key was taken by another request")
            return nil
          }
        }
      }
      return try await group.reduce(into: [String]()) { keys, key in
        if let key { keys.append(key) }
      }
    }
  }
}
