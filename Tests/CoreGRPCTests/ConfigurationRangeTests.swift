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

  /// A value that nobody gave a range would be one that nobody looked at.
  func testEveryNumberAndTimeHasARange() {
    let values = Mirror(reflecting: ServerConfiguration()).children.filter { child in
      !(child.value is Bool || child.value is Set<String>)
    }
    XCTAssertEqual(
      Set(values.compactMap(\.label)), Set(ServerConfiguration.ranges.map(\.name)))
  }
}
