import Foundation
import JobCloning
import JobMessages
import Logging
import MetricsTestKit
import ProtobufWire
import TestSupport
import XCTest

@testable import JobStoreSQLite

/// Four processes write into one database, read it and make checkpoints, all at once.
///
/// In `make test` each does a few hundred writes; with `STRESS_SECONDS` in the environment they go on
/// for that long. `SEED` repeats the choices.
final class FourProcessesTests: StoreTestCase {
  private static let directoryVariable = "JOB_STORE_STRESS_DIRECTORY"
  private static let nameVariable = "JOB_STORE_STRESS_NAME"
  private static let secondsVariable = "STRESS_SECONDS"

  /// What one of the processes has been told is stored when it ends.
  private struct Ledger: Codable {
    var writes = 0
    var checkpoints: Int64 = 0
    /// Digests of the jobs, by id; nil for those that were deleted.
    var jobs: [String: String?] = [:]
  }

  func testWhatWasAnsweredIsThereAndTheFileIsHealthy() async throws {
    let seed = SeededGenerator.seedOfEnvironment ?? .random(in: 0..<1 << 48)
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    // Makes the keys that all of them use.
    let store = try SQLiteJobStore(path: path)
    let names = (0..<4).map { "p\($0)" }
    let processes = try names.enumerated().map { number, name in
      try OtherProcess(
        running: "JobStoreSQLiteTests.FourProcessesTests/testHelperThatWrites",
        environment: [
          Self.directoryVariable: directory, Self.nameVariable: name,
          "SEED": "\(seed &+ UInt64(number))",
        ])
    }
    // An operator's check is a long reader.
    let checks = Task {
      var count = 0
      while !Task.isCancelled {
        XCTAssertEqual(try store.faults(), [], "SEED=\(seed), while they write")
        count += 1
      }
      return count
    }
    for process in processes { try process.waitForSuccess() }
    checks.cancel()
    let checkCount = try await checks.value
    XCTAssertGreaterThan(checkCount, 0)

    try assertHealthy(store, "SEED=\(seed)")
    var (stored, writes, checkpoints) = (0, 0, Int64(0))
    for name in names {
      let data = try Data(contentsOf: URL(filePath: directory + "/" + name))
      let ledger = try JSONDecoder().decode(Ledger.self, from: data)
      for (id, digest) in ledger.jobs {
        let job = try await store.job(id: id)
        XCTAssertEqual(job.map { Self.digest($0) }, digest, "SEED=\(seed): job \(id)")
        if digest != nil { stored += 1 }
      }
      writes += ledger.writes
      checkpoints += ledger.checkpoints
    }
    XCTAssertEqual(try store.count("jobs"), stored, "SEED=\(seed)")
    XCTAssertGreaterThan(checkpoints, 40, "too few checkpoints to tell")
    // For whoever runs it for long.
    let size = try FileManager.default.attributesOfItem(atPath: path)[.size] ?? 0
    FileHandle.standardError.write(
      Data(
        """
        SEED=\(seed): \(writes) writes and \(checkpoints) checkpoints of four processes, \
        \(checkCount) checks meanwhile; \(stored) jobs and \(size) bytes in the end

        """.utf8))
  }

  /// One of the processes; alone it checks nothing.
  func testHelperThatWrites() async throws {
    let environment = ProcessInfo.processInfo.environment
    guard let shared = environment[Self.directoryVariable],
      let name = environment[Self.nameVariable], let seed = SeededGenerator.seedOfEnvironment
    else { return }
    let end = environment[Self.secondsVariable].flatMap { Int($0) }
      .map { ContinuousClock.now + .seconds($0) }
    var generator = SeededGenerator(seed: seed)
    let metrics = TestMetrics()
    var ledger = Ledger()
    var round = 0
    while end.map({ .now < $0 }) ?? (round < 6) {
      // Each round opens and closes the file, so that the last to close it is seen, too.
      var limits = LogLimits()
      limits.checkpointPages = [4, 30, 200][generator.number(3)]
      let store = try SQLiteJobStore(
        path: shared + "/jobs.sqlite", keys: nil, limits: limits,
        logger: Logger(label: "stress"), metrics: metrics)
      try await write(to: store, "\(name)-\(round)", &ledger, &generator)
      if generator.chance(50) { try await store.close() }
      round += 1
    }
    ledger.checkpoints = metrics.counterTotal(label: "jobs.store.log.checkpoints")
    try JSONEncoder().encode(ledger).write(to: URL(filePath: shared + "/" + name))
  }

  /// A round of creations, changes and deletions, several at once; each job is one task's.
  private func write(
    to store: SQLiteJobStore, _ name: String, _ ledger: inout Ledger,
    _ generator: inout SeededGenerator
  ) async throws {
    // So many that the file does not grow for ever.
    let live = ledger.jobs.filter { $0.value != nil }.map(\.key).sorted()
    let old = live.prefix(max(40, live.count - 300))
    let seeds = (0..<6).map { _ in generator.next() }
    let results = try await withThrowingTaskGroup(of: [String: String?].self) { group in
      for (number, seed) in seeds.enumerated() {
        let ids = old.enumerated().filter { $0.offset % seeds.count == number }.map(\.element)
        group.addTask {
          try await Self.write(to: store, "\(name)-\(number)", deleting: ids, seed)
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    for result in results {
      ledger.writes += result.values.reduce(0) { $0 + ($1 == nil ? 1 : 2) }
      ledger.jobs.merge(result) { $1 }
    }
  }

  private static func write(
    to store: SQLiteJobStore, _ name: String, deleting ids: [String], _ seed: UInt64
  ) async throws -> [String: String?] {
    var generator = SeededGenerator(seed: seed)
    var result: [String: String?] = [:]
    for number in 0..<12 {
      let id = "\(name)-\(number)"
      let job = makeJob(id, seconds: Int64(number)) {
        $0.config = String(repeating: "c", count: generator.number(20_000))
      }
      let contents = (0..<generator.number(4)).map { _ in
        ContentID(sha256: String(repeating: "\(generator.number(10))", count: 64), sizeBytes: 1)
      }
      let created = try await store.create(
        makeCreation(job, contents: contents, idempotency: makeClaim(id)))
      XCTAssertEqual(created, .created)
      let stored = try await store.storedJob(id: id)
      var changed = try XCTUnwrap(stored, "job \(id) is lost").job
      XCTAssertEqual(changed, job)
      changed.statusDetails = "\(seed)"
      changed.status = .success
      let outcome = try await store.change(JobChange(of: XCTUnwrap(stored), to: changed))
      XCTAssertEqual(outcome, .changed(revision: 2))
      result[id] = digest(changed)
      if generator.chance(20) {
        _ = try await store.jobs(matching: JobQuery(projectID: "project", limit: 50))
      }
    }
    for id in ids {
      let stored = try await store.storedJob(id: id)
      let outcome = try await store.change(
        JobChange(of: XCTUnwrap(stored, "job \(id) is lost"), to: nil))
      XCTAssertEqual(outcome, .changed(revision: nil))
      result.updateValue(nil, forKey: id)
    }
    return result
  }

  private static func digest(_ job: Job) -> String {
    ContentID(of: job.serializedBytes()).sha256
  }
}
