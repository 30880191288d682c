import Foundation
import JobCloning
import JobMessages
import TestSupport
import XCTest

@testable import JobStoreSQLite

/// The system calls between a write and its answer, counted and failed outside of the library and
/// SQLite.
///
/// The test program runs itself again on a disk that counts them, and that fails.
final class SystemCallTests: StoreTestCase {
  /// Runs a test of this class on a disk of its own.
  private func run(_ test: String) throws -> FaultyDisk {
    let root = directory + "/root"
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    let disk = try FaultyDisk(
      root: root, library: try FaultyDisk.compileLibrary(into: directory),
      folder: directory + "/disk")
    try OtherProcess(
      running: "JobStoreSQLiteTests.SystemCallTests/\(test)", environment: disk.environment
    ).waitForSuccess()
    return disk
  }

  /// The keys are the other process's, as they are in a file.
  private func openStore(on disk: FaultyDisk) throws -> SQLiteJobStore {
    try SQLiteJobStore(path: disk.root + "/jobs.sqlite")
  }

  private func stored(_ id: String, in store: SQLiteJobStore) async throws -> StoredJob {
    let stored = try await store.storedJob(id: id)
    return try XCTUnwrap(stored)
  }

  // MARK: Counting

  func testKernelIsAskedToSynchroniseBeforeEachAnswer() throws {
    let disk = try run("testHelperThatWrites")
    XCTAssertGreaterThanOrEqual(try disk.syncs, 10)
  }

  /// The other process; alone it checks nothing.
  func testHelperThatWrites() async throws {
    guard let disk = FaultyDisk(environment: ProcessInfo.processInfo.environment) else { return }
    let store = try openStore(on: disk)
    func expectSync(
      _ what: String, _ write: () async throws -> Void
    ) async throws {
      let before = try disk.syncs
      try await write()
      XCTAssertGreaterThan(try disk.syncs, before, what)
    }
    for number in 0..<10 {
      try await expectSync("creation") { _ = try await store.create(makeCreation("\(number)")) }
    }
    try await expectSync("extension of uploads") {
      try await store.extendUploads(ofJob: "0", until: 5)
    }
    try await expectSync("change") {
      let stored = try await stored("0", in: store)
      let outcome = try await store.change(JobChange(of: stored, to: stored.job))
      XCTAssertEqual(outcome, .changed(revision: stored.revision + 1))
    }
    try await expectSync("removal of a job") {
      let stored = try await stored("0", in: store)
      _ = try await store.change(JobChange(of: stored, to: nil))
    }
    try await expectSync("operation") {
      var operation = LongRunningOperation()
      operation.id = "alone"
      _ = try await store.add(
        StoredOperation(operation: operation, projectID: "p", jobID: ""), idempotency: nil)
    }
    var creation = makeCreation("slow")
    creation.operation.done = false
    creation.work = OperationWork(
      .planUploads, payload: [], lease: OperationLease(holder: "dead", expires: 10))
    _ = try await store.create(creation)
    let lease = OperationLease(holder: "h", expires: 20)
    try await expectSync("claim") {
      let claimed = try await store.claimUnfinished([.planUploads], for: lease, now: 10, limit: 9)
      XCTAssertEqual(claimed.count, 1)
    }
    try await expectSync("renewal") {
      _ = try await store.renew(OperationLease(holder: "h", expires: 30), ofOperation: "op-slow")
    }
    let content = StoredContent(
      ContentID(sha256: String(repeating: "a", count: 64), sizeBytes: 1), in: "p")
    try await expectSync("mark") { try await store.markUnreferenced([content]) }
    try await expectSync("removal of a content") {
      let before = try disk.syncs
      let removed = try await store.removeMarked([content]) { _ async throws(StoreError) in
        // That the removal has begun must be known after a crash in the middle of it.
        XCTAssertGreaterThan((try? disk.syncs) ?? before, before, "begin")
      }
      XCTAssertEqual(removed, [content])
    }
    try await expectSync("forgetting") {
      let count = try await store.forget(operationsDoneBefore: 1, keysExpiredAt: 1, limit: 99)
      XCTAssertGreaterThan(count, 0)
    }
  }

  // MARK: Failing

  /// Whatever is full or broken, and whenever: nothing is half written, what was answered stays, and
  /// the store works again afterwards.
  func testAFullOrBrokenDisk() async throws {
    let disk = try run("testHelperOnAFailingDisk")
    let survived = directory + "/survived"
    try disk.restore(to: survived)
    let store = try SQLiteJobStore(path: survived + "/jobs.sqlite")
    let jobs = try await store.jobs(matching: JobQuery(projectID: "project", limit: 99))
    let answered = try String(contentsOfFile: directory + "/answered", encoding: .utf8)
      .split(separator: "\n").map(String.init)
    XCTAssertEqual(Set(jobs.map { "\($0.id) \($0.statusDetails)" }), Set(answered))
    XCTAssertEqual(answered.count, 13)
  }

  /// The other process; alone it checks nothing.
  func testHelperOnAFailingDisk() async throws {
    guard let disk = FaultyDisk(environment: ProcessInfo.processInfo.environment) else { return }
    let store = try openStore(on: disk)
    _ = try await store.create(makeCreation("first"))
    var answered: [String] = []
    let faults: [(writes: Int32?, syncs: Int32?, code: StoreError.Code)] = [
      (ENOSPC, nil, .full), (nil, ENOSPC, .unavailable), (EIO, nil, .unavailable),
      (nil, EIO, .unavailable), (EDQUOT, nil, .unavailable), (nil, EDQUOT, .unavailable),
    ]
    for (number, fault) in faults.enumerated() {
      let stored = try await stored("first", in: store)
      var job = stored.job
      job.statusDetails = "\(number)"
      try disk.fail(writes: fault.writes, syncs: fault.syncs)
      for _ in 0..<3 {
        await assertFails(fault.code, naming: "jobs.sqlite") {
          try await store.change(JobChange(of: stored, to: job))
        }
        await assertFails(fault.code, naming: "jobs.sqlite") {
          try await store.create(makeCreation("\(number)"))
        }
      }
      try disk.fail()
      let after = try await store.storedJob(id: "first")
      XCTAssertEqual(after, stored, "nothing is half changed")
      let missing = try await store.job(id: "\(number)")
      XCTAssertNil(missing)
      let changed = try await store.change(JobChange(of: stored, to: job))
      XCTAssertEqual(changed, .changed(revision: stored.revision + 1))
      for name in ["\(number)", "again \(number)"] {
        let created = try await store.create(makeCreation(name))
        XCTAssertEqual(created, .created)
        answered.append("\(name) ")
      }
    }
    answered.append("first \(faults.count - 1)")
    // The process ends without closing: what counts is what is on the disk by now.
    try answered.joined(separator: "\n").write(
      toFile: disk.root + "/../answered", atomically: true, encoding: .utf8)
  }
}
