import Foundation
import JobCloning
import JobMessages
import Logging
import MetricsTestKit
import ProtobufWire
import Synchronization
import TestSupport
import XCTest

@testable import JobStoreSQLite

/// Four processes write into one database, read it and make checkpoints, all at once; now and then
/// one is killed in the middle of that, and another takes its place.
///
/// In `make test` each does a few hundred writes; with `STRESS_SECONDS` in the environment they go on
/// for that long. `SEED` repeats the choices.
final class FourProcessesTests: StoreTestCase {
  private static let directoryVariable = "JOB_STORE_STRESS_DIRECTORY"
  private static let nameVariable = "JOB_STORE_STRESS_NAME"
  private static let endVariable = "JOB_STORE_STRESS_END"
  private static let killVariable = "JOB_STORE_STRESS_KILL_PERCENT"

  private static let names = (0..<4).map { "p\($0)" }
  /// How often each process opens the file in `make test`.
  private static let rounds = 4

  func testWhatWasAnsweredIsThereAndTheFileIsHealthy() async throws {
    let seed = SeededGenerator.seedOfEnvironment ?? .random(in: 0..<1 << 48)
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    // Makes the keys that all of them use.
    let store = try SQLiteJobStore(path: path)
    // An operator's check is a long reader.
    let checks = Task {
      var count = 0
      while !Task.isCancelled {
        XCTAssertEqual(try store.faults(), [], "SEED=\(seed), while they write")
        count += 1
      }
      return count
    }
    let kills = try await withThrowingTaskGroup(of: Int.self) { group in
      let seconds = ProcessInfo.processInfo.environment["STRESS_SECONDS"].flatMap { Double($0) }
      let end = seconds.map { Date().timeIntervalSince1970 + $0 }
      for (number, name) in Self.names.enumerated() {
        group.addTask { [directory] in
          try await onThread {
            try Self.run(name, in: directory, until: end, seed &+ UInt64(number) << 16)
          }
        }
      }
      return try await group.reduce(0, +)
    }
    checks.cancel()
    let checkCount = try await checks.value
    XCTAssertGreaterThan(checkCount, 0)
    XCTAssertGreaterThan(kills, 0)

    try assertHealthy(store, "SEED=\(seed)")
    var (stored, open, writes, checkpoints) = (0, 0, 0, Int64(0))
    for name in Self.names {
      let ledger = try StressLedger(file: directory + "/" + name)
      for (id, entry) in ledger.entries {
        if entry.isOpen {
          open += 1
          continue
        }
        let job = try await store.job(id: id)
        XCTAssertEqual(job.map { Self.digest($0) }, entry.digest, "SEED=\(seed): job \(id)")
        if entry.digest != nil { stored += 1 }
      }
      writes += ledger.writes
      checkpoints += ledger.checkpoints
    }
    XCTAssertTrue((stored...stored + open).contains(try store.count("jobs")), "SEED=\(seed)")
    XCTAssertGreaterThan(checkpoints, 40, "too few checkpoints to tell")
    // For whoever runs it for long.
    let size = try FileManager.default.attributesOfItem(atPath: path)[.size] ?? 0
    FileHandle.standardError.write(
      Data(
        """
        SEED=\(seed): \(writes) writes and \(checkpoints) checkpoints of four processes, \
        \(kills) kills and \(checkCount) checks meanwhile; \(stored) jobs and \(size) bytes in \
        the end

        """.utf8))
  }

  /// Runs processes of a name, one after the other, until one is not killed; returns how many were.
  private static func run(
    _ name: String, in directory: String, until end: TimeInterval?, _ seed: UInt64
  ) throws -> Int {
    var kills = 0
    while true {
      let process = try OtherProcess(
        running: "JobStoreSQLiteTests.FourProcessesTests/testHelperThatWrites",
        environment: [
          directoryVariable: directory, nameVariable: name,
          endVariable: end.map { "\($0)" } ?? "",
          // In `make test` only the first process is killed, and for certain.
          killVariable: end != nil ? "3" : name == names[0] && kills == 0 ? "100" : "0",
          "SEED": "\(seed &+ UInt64(kills))",
        ])
      guard try process.wasKilled() else {
        try process.waitForSuccess()
        return kills
      }
      kills += 1
    }
  }

  /// One of the processes; alone it checks nothing.
  func testHelperThatWrites() async throws {
    let environment = ProcessInfo.processInfo.environment
    guard let shared = environment[Self.directoryVariable],
      let name = environment[Self.nameVariable], let seed = SeededGenerator.seedOfEnvironment,
      let killPercent = environment[Self.killVariable].flatMap({ Int($0) })
    else { return }
    let end = environment[Self.endVariable].flatMap { Double($0) }
    var generator = SeededGenerator(seed: seed)
    let ledger = StressLog(try StressLedger(file: shared + "/" + name))
    var round = 0
    while end.map({ Date().timeIntervalSince1970 < $0 }) ?? (round < Self.rounds) {
      // Each round opens and closes the file, so that the last to close it is seen, too.
      var limits = LogLimits()
      limits.checkpointPages = [4, 30, 200][generator.number(3)]
      let metrics = TestMetrics()
      let store = try SQLiteJobStore(
        path: shared + "/jobs.sqlite", keys: nil, limits: limits,
        logger: Logger(label: "stress"), metrics: metrics)
      let isLast = generator.chance(killPercent)
      let prefix = "\(name)-\(String(seed, radix: 36))-\(round)"
      try await write(to: store, prefix, isLast: isLast, ledger, &generator)
      if generator.chance(50) { try await store.close() }
      ledger.update {
        $0.add(checkpoints: metrics.counterTotal(label: "jobs.store.log.checkpoints"))
      }
      round += 1
    }
  }

  /// A round of creations, changes and deletions, several at once; each job is one task's.
  private func write(
    to store: SQLiteJobStore, _ name: String, isLast: Bool, _ ledger: StressLog,
    _ generator: inout SeededGenerator
  ) async throws {
    // So many are deleted that the file does not grow for ever.
    let live = ledger.read { $0.live }
    let old = live.prefix(max(40, live.count - 300))
    let seeds = (0..<6).map { _ in generator.next() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (number, seed) in seeds.enumerated() {
        let ids = old.enumerated().filter { $0.offset % seeds.count == number }.map(\.element)
        group.addTask {
          try await Self.write(
            to: store, "\(name)-\(number)", deleting: ids, isLast: isLast && number == 0, ledger,
            seed)
        }
      }
      try await group.waitForAll()
    }
  }

  private static func write(
    to store: SQLiteJobStore, _ name: String, deleting ids: [String], isLast: Bool,
    _ ledger: StressLog, _ seed: UInt64
  ) async throws {
    var generator = SeededGenerator(seed: seed)
    let count = 12
    let last = isLast ? generator.number(count) : count
    for number in 0..<count {
      // The other tasks are in the middle of their writes.
      if number == last { kill(getpid(), SIGKILL) }
      let id = "\(name)-\(number)"
      let job = makeJob(id, seconds: Int64(number)) {
        $0.config = String(repeating: "c", count: generator.number(20_000))
      }
      let contents = (0..<generator.number(4)).map { _ in
        ContentID(sha256: String(repeating: "\(generator.number(10))", count: 64), sizeBytes: 1)
      }
      ledger.update { $0.begin(id) }
      let created = try await store.create(
        makeCreation(job, contents: contents, idempotency: makeClaim(id)))
      XCTAssertEqual(created, .created)
      ledger.update { $0.end(id, digest(job)) }
      let stored = try await store.storedJob(id: id)
      var changed = try XCTUnwrap(stored, "job \(id) is lost").job
      XCTAssertEqual(changed, job)
      changed.statusDetails = "\(seed)"
      changed.status = .success
      ledger.update { $0.begin(id) }
      let outcome = try await store.change(JobChange(of: XCTUnwrap(stored), to: changed))
      XCTAssertEqual(outcome, .changed(revision: 2))
      ledger.update { $0.end(id, digest(changed)) }
      if generator.chance(20) {
        _ = try await store.jobs(matching: JobQuery(projectID: "project", limit: 50))
      }
    }
    for id in ids {
      let stored = try await store.storedJob(id: id)
      ledger.update { $0.begin(id) }
      let outcome = try await store.change(
        JobChange(of: XCTUnwrap(stored, "job \(id) is lost"), to: nil))
      XCTAssertEqual(outcome, .changed(revision: nil))
      ledger.update { $0.end(id, nil) }
    }
  }

  private static func digest(_ job: Job) -> String {
    ContentID(of: job.serializedBytes()).sha256
  }
}
