import Logging
import Safeguards
import XCTest

@testable import CoreGRPC

/// What the log tells of calls that fail through a fault of the server.
final class FailureLogTests: XCTestCase {
  private struct Fault: Error, CustomStringConvertible {
    let description: String
  }

  func testAServerLogsThroughASafeHandler() throws {
    let server = try GRPCServer(address: nil, services: [], logger: LogRecorder().logger)
    let logger = Mirror(reflecting: server).descendant("logger") as? Logger
    XCTAssertTrue(logger?.handler is SafeLogHandler)
  }

  func testWhatCallersSentIsHarmlessInTheLog() async throws {
    let log = LogRecorder()
    let forgery = "/x\n2026-01-01T00:00:00+0000 critical jobs: FORGED\u{1B}[2J\u{202E}"
    let failing = ServerInterceptor { context, _ in
      throw Fault(description: "no such thing: \(context.method)")
    }
    try await withServer(
      [TestService.echo], interceptors: [failing], logger: log.logger
    ) { _, channel in
      do throws(RPCError) {
        _ = try await channel.unary(forgery, [UInt8]())
        XCTFail("the call succeeded")
      } catch {
        XCTAssertEqual(error.code, .internalError)
      }
    }
    let lines = log.lines(with: "call failed")
    XCTAssertEqual(lines.count, 1)
    let line = try XCTUnwrap(lines.first)
    XCTAssertTrue(line.contains("no such thing: /x\\n2026-01-01"), line)
    XCTAssertTrue(line.contains("FORGED\\u001b[2J\\u202e"), line)
    XCTAssertFalse(line.unicodeScalars.contains { $0.value < 0x20 }, line)
  }
}
