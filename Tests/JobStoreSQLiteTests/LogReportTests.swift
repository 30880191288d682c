import Foundation
import GRDB
import GRDBSQLite
import InMemoryLogging
import JobCloning
import JobMessages
import Logging
import MetricsTestKit
import XCTest

@testable import JobStoreSQLite

/// What operators are told of the write-ahead log.
final class LogReportTests: StoreTestCase {
  private let handler = InMemoryLogHandler()
  private let metrics = TestMetrics()

  private func openStore(size: Int) throws -> SQLiteJobStore {
    var limits = LogLimits()
    limits.checkpointPages = 10
    limits.size = size
    var logger = Logger(label: "test") { _ in handler }
    logger.logLevel = .debug
    return try SQLiteJobStore(
      path: path, keys: Self.keys, limits: limits, logger: logger, metrics: metrics)
  }

  private func entries(_ level: Logger.Level) -> [InMemoryLogHandler.Entry] {
    handler.entries.filter { $0.level == level }
  }

  private func size() throws -> Int {
    Int(try XCTUnwrap(metrics.expectGauge("jobs.store.log.size").lastValue))
  }

  private func bytes(of entry: InMemoryLogHandler.Entry) throws -> Int {
    try XCTUnwrap(Int(try XCTUnwrap(entry.metadata["bytes"]).description))
  }

  func testTheVersionOfSQLiteIsLogged() throws {
    let store = try openStore(size: 1 << 20)
    defer { withExtendedLifetime(store) {} }
    let version = entries(.debug).first?.metadata["sqlite"]
    XCTAssertEqual(version, .string(SQLITE_VERSION))
  }

  func testAReaderThatStaysIsWarnedOf() async throws {
    let limit = 100_000
    let store = try openStore(size: limit)
    _ = try await store.create(makeCreation("first"))
    let reader = try DatabaseQueue(path: path)
    let (reading, isReading) = AsyncStream.makeStream(of: Void.self)
    let end = DispatchSemaphore(value: 0)
    async let read: Int? = reader.read { database in
      let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM jobs")
      isReading.finish()
      end.wait()
      return count
    }
    for await _ in reading {}
    func write(until isEnough: () throws -> Bool) async throws {
      for number in 0..<2_000 where try !isEnough() {
        let id = "\(try store.count("jobs")) \(number)"
        _ = try await store.create(makeCreation(makeJob(id) { $0.config = id + "c" }))
      }
    }
    try await write { try size() > 2 * limit }
    XCTAssertEqual(entries(.warning), [], "it is not that large yet")
    try await write { entries(.warning).count == 1 }
    let first = try bytes(of: entries(.warning)[0])
    XCTAssertGreaterThan(first, 4 * limit)
    XCTAssertLessThan(first, 5 * limit)
    XCTAssertEqual(entries(.warning)[0].metadata["file"], "\(path)-wal")
    try await write { entries(.warning).count == 2 }
    let second = try bytes(of: entries(.warning)[1])
    XCTAssertGreaterThanOrEqual(second, 2 * first, "warned again before it doubled")
    XCTAssertEqual(entries(.notice), [])
    // Behind the writer's last work, which comes after its reply.
    try await store.pool.writeWithoutTransaction { _ in }
    let file = try FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int
    XCTAssertEqual(file ?? 0, try size(), accuracy: 100, "as the file is")

    end.signal()
    let count = try await read
    XCTAssertEqual(count, 1)
    try await write { entries(.notice).count == 1 }
    try await store.pool.writeWithoutTransaction { _ in }
    XCTAssertLessThan(try size(), limit)
    XCTAssertEqual(entries(.warning).count, 2)
    XCTAssertGreaterThan(metrics.counterTotal(label: "jobs.store.log.checkpoints"), 0)
  }
}
