import Foundation
import GRDB
import JobCloning
import JobMessages
import XCTest

@testable import JobStoreSQLite

/// What goes makes room for what comes: the files stay as large as the store was at its fullest.
final class SpaceTests: StoreTestCase {
  private static let jobSize = 5_000

  private func size(of suffix: String = "") -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path + suffix)
    return (attributes?[.size] as? Int) ?? 0
  }

  private func job(_ id: String) -> Job {
    makeJob(id) { $0.config = String(repeating: "c", count: Self.jobSize) }
  }

  private func create(_ ids: [String], in store: SQLiteJobStore) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for id in ids {
        let content = ContentID(
          sha256: String(repeating: "0", count: 64 - id.utf8.count) + id, sizeBytes: 1)
        let creation = makeCreation(
          self.job(id), contents: [content], idempotency: makeClaim(id))
        group.addTask { _ = try await store.create(creation) }
      }
      try await group.waitForAll()
    }
  }

  /// As housekeeping does it: jobs are deleted, their contents removed, operations forgotten.
  private func removeEverything(from store: SQLiteJobStore) async throws {
    while true {
      let jobs = try await store.jobs(due: .all, after: nil, limit: 100)
      if jobs.isEmpty { break }
      for job in jobs { _ = try await store.change(JobChange(of: job, to: nil)) }
    }
    while true {
      let marked = try await store.markedContents(limit: 100)
      if marked.isEmpty { break }
      _ = try await store.removeMarked(marked) { _ async throws(StoreError) in }
    }
    while try await store.forget(
      operationsDoneBefore: .max, keysExpiredAt: .max, limit: 100) > 0
    {}
  }

  func testTheFileDoesNotGrowBeyondItsFullest() async throws {
    let store = try openStore()
    var sizes: [Int] = []
    for _ in 0..<8 {
      try await create((0..<200).map { "a\($0)" }, in: store)
      try await removeEverything(from: store)
      try await store.pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
      sizes.append(size())
    }
    XCTAssertGreaterThan(sizes[0], 200 * Self.jobSize, "\(sizes)")
    XCTAssertLessThan(sizes[7], sizes[0] + 100_000, "\(sizes)")
    XCTAssertLessThan(sizes[7], sizes[3] + 20_000, "\(sizes)")
    for table in ["jobs", "job_contents", "operations", "idempotency_keys"] {
      XCTAssertEqual(try store.count(table), 0, table)
    }
  }

  /// What was removed is remembered for a while, for those who looked before, and not for ever.
  func testNotesOfRemovalsAreDropped() async throws {
    let store = try openStore()
    for number in 0..<400 {
      let text = "\(number)"
      let content = StoredContent(
        ContentID(sha256: String(repeating: "0", count: 64 - text.count) + text, sizeBytes: 1),
        in: "project")
      try await store.markUnreferenced([content])
      let removed = try await store.removeMarked([content]) { _ async throws(StoreError) in }
      XCTAssertEqual(removed, [content])
    }
    XCTAssertLessThanOrEqual(
      try store.count("content_removals"), Int(ContentRemoval.keptEpochs) / 2 + 1)
  }

  /// Readers that follow each other without a gap must not keep the log from being used again.
  func testTheLogIsBoundedUnderSteadyReading() async throws {
    let store = try openStore()
    try await create((0..<200).map { "seed\($0)" }, in: store)
    var largest = 0
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<6 {
        group.addTask {
          while !Task.isCancelled {
            _ = try await store.jobs(matching: JobQuery(projectID: "project", limit: 100))
          }
        }
      }
      for round in 0..<25 {
        try await create((0..<200).map { "\(round)b\($0)" }, in: store)
        largest = max(largest, size(of: "-wal"))
      }
      group.cancelAll()
      try await group.waitForAll()
    }
    XCTAssertGreaterThan(size(), 20 << 20, "too little was written to tell")
    XCTAssertLessThan(largest, 12 << 20)
  }

  /// Somebody reads for very long, such as a backup from outside: the log grows meanwhile, nothing
  /// fails, and afterwards it is cut down again.
  func testTheLogIsCutDownAfterALongReader() async throws {
    let store = try openStore()
    try await create((0..<100).map { "seed\($0)" }, in: store)
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let reader = try DatabaseQueue(path: path, configuration: configuration)
    try await reader.writeWithoutTransaction { database in
      try database.beginTransaction(.deferred)
      _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM jobs")
    }
    for round in 0..<40 {
      try await create((0..<200).map { "\(round)b\($0)" }, in: store)
    }
    XCTAssertGreaterThan(size(of: "-wal"), 64 << 20, "the reader held nothing up")
    try await reader.writeWithoutTransaction { try $0.commit() }
    for round in 0..<3 { try await create(["after\(round)"], in: store) }
    XCTAssertLessThanOrEqual(size(of: "-wal"), 64 << 20)
  }
}
