import CoreGRPC
import Logging
import Synchronization
import XCTest

@testable import datasphere_jobs

final class FlagLogHandlerTests: XCTestCase {
  func testLimitsAreNamedByTheirFlags() {
    let log = ValueLog()
    let logger = Logger(label: "x") { _ in FlagLogHandler(log) }
    logger.warning("x", metadata: ["limit": "maximumConcurrentCalls", "peer": "unix:"])
    logger.warning("x", metadata: ["limit": "something else"])
    logger.warning("x")
    XCTAssertEqual(
      log.recorded.withLock { $0 },
      [["limit": "--server-calls", "peer": "unix:"], ["limit": "something else"], [:]])
  }
}

private final class ValueLog: LogHandler, Sendable {
  let recorded = Mutex<[Logger.Metadata]>([])

  var logLevel: Logger.Level {
    get { .trace }
    set {}
  }
  var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }
  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { nil }
    set {}
  }

  func log(event: LogEvent) { recorded.withLock { $0.append(event.metadata ?? [:]) } }
}
