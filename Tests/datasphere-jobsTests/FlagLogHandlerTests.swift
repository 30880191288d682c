import CoreGRPC
import InMemoryLogging
import Logging
import XCTest

@testable import datasphere_jobs

final class FlagLogHandlerTests: XCTestCase {
  func testLimitsAreNamedByTheirFlags() {
    let log = InMemoryLogHandler()
    let logger = Logger(label: "x") { _ in FlagLogHandler(log) }
    logger.warning("x", metadata: ["limit": "maximumConcurrentCalls", "peer": "unix:"])
    logger.warning("x", metadata: ["limit": "something else"])
    logger.warning("x")
    XCTAssertEqual(
      log.entries.map(\.metadata),
      [["limit": "--server-calls", "peer": "unix:"], ["limit": "something else"], [:]])
  }
}
