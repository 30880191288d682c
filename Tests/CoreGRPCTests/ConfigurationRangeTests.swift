import Safeguards
import XCTest

@testable import CoreGRPC

/// What a server's configuration may be, at the ends of each range and beyond.
final class ConfigurationRangeTests: XCTestCase {
  func testAServerStartsAtBothEndsOfEachRange() async throws {
    for range in ServerConfiguration.ranges {
      for end in range.ends {
        var configuration = ServerConfiguration()
        end(&configuration)
        let server = try GRPCServer(
          address: "127.0.0.1:0", services: [TestService.echo], configuration: configuration)
        let serving = Task { try await server.run() }
        let port = await server.waitUntilStarted()
        XCTAssertNotNil(port, range.name)
        server.stop()
        try await serving.value
      }
    }
  }

  func testNoServerIsMadeBeyondARange() {
    for range in ServerConfiguration.ranges {
      XCTAssertGreaterThanOrEqual(range.beyond.count, 2, range.name)
      for value in range.beyond {
        var configuration = ServerConfiguration()
        value(&configuration)
        XCTAssertThrowsError(
          try GRPCServer(address: nil, services: [], configuration: configuration)
        ) { error in
          let error = error as? ServerError
          XCTAssertEqual(error?.code, .invalidConfiguration)
          XCTAssertTrue(error?.message.hasPrefix("\(range.name) is ") == true, "\(range.name)")
          XCTAssertTrue(error?.message.contains("must be between ") == true, "\(range.name)")
        }
      }
    }
  }

  func testACallTakesAnyTimeout() async throws {
    let service = TestService(
      .unary("/test.Echo/Echo") { request, _ in request },
      .unary("/test.Wait/Wait") { _, _ -> [UInt8] in
        try await Task.sleep(for: .seconds(3_600))
        return []
      })
    try await withServer([service]) { _, channel in
      for timeout: Duration in [
        .seconds(Int64.max), .milliseconds(Int64.max), .nanoseconds(Int64.max),
        .seconds(9_223_372_036) + .milliseconds(900), .seconds(315_576_000_000),
      ] {
        let reply = try await channel.unary("/test.Echo/Echo", [7], timeout: timeout)
        XCTAssertEqual(reply.message, [7], "\(timeout)")
      }
      for timeout: Duration in [
        .zero, .nanoseconds(-1), .seconds(Int64.min), .seconds(-9_223_372_036) - .milliseconds(900),
      ] {
        let error = await failure {
          try await channel.unary("/test.Wait/Wait", [7], timeout: timeout)
        }
        XCTAssertEqual(error?.code, .deadlineExceeded, "\(timeout)")
      }
    }
  }

  /// A value that nobody gave a range would be one that nobody looked at.
  func testEveryNumberAndTimeHasARange() {
    let values = Mirror(reflecting: ServerConfiguration()).children.filter { child in
      !(child.value is Bool || child.value is Set<String>)
    }
    XCTAssertEqual(
      Set(values.compactMap(\.label)), Set(ServerConfiguration.ranges.map(\.name)))
  }
}
