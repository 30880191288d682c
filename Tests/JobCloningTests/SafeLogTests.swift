import Foundation
import InMemoryLogging
import JobServiceTesting
import Logging
import Safeguards
import XCTest

@testable import JobCloning

/// Whatever handler an embedder has, what callers wrote is harmless in its lines.
final class SafeLogTests: XCTestCase {
  private let log = InMemoryLogHandler()

  private var logger: Logger { Logger(label: "test") { [log] _ in log } }

  func testWhatLogsDoesSoThroughASafeHandler() throws {
    let cloner = JobCloner(
      store: InMemoryJobStore(), objects: InMemoryObjectStorage(), logger: logger)
    let loggers: [Any] = [
      cloner, cloner.worker, Housekeeper(cloner: cloner, logger: logger),
      BackgroundOperations(cloner: cloner, logger: logger),
    ]
    for object in loggers {
      let logger = Mirror(reflecting: object).descendant("logger") as? Logger
      XCTAssertTrue(logger?.handler is SafeLogHandler, "\(type(of: object))")
    }
  }

  func testThePathOfAFileIsHarmlessInTheLog() async throws {
    let path = NSTemporaryDirectory() + "rules\u{1B}[2J\nFORGED-\(UUID())"
    defer { try? FileManager.default.removeItem(atPath: path) }
    func write(_ text: String) throws {
      _ = FileManager.default.createFile(
        atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
    }
    try write("alice p1 read\n")
    let rules = try AccessRules(file: path, checkedEvery: .zero, logger: logger)
    try write("alice p2 read\n")
    let mayRead = try await rules.mayRead(projectID: "p2", as: Principal(id: "alice"))
    XCTAssertTrue(mayRead)
    try write("nonsense\n")
    _ = try await rules.mayRead(projectID: "p2", as: Principal(id: "alice"))
    let lines = log.entries.map { "\($0.message) \($0.metadata.values.map { "\($0)" })" }
    XCTAssertEqual(lines.count, 2)
    for line in lines {
      XCTAssertTrue(line.contains("FORGED"), line)
      XCTAssertFalse(line.unicodeScalars.contains { $0.value < 0x20 }, line)
    }
  }
}
