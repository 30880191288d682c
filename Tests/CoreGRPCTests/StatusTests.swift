import CoreGRPC
import XCTest

final class StatusTests: XCTestCase {
  private func failing(_ error: any Error) -> TestService {
    TestService(
      .unary("/test.Fail/Fail") { _, context -> [UInt8] in
        context.initialMetadata = ["x-request-id": "42"]
        throw error
      })
  }

  func testStatusMessageDetailsAndTrailersArrive() async throws {
    let thrown = RPCError(
      .failedPrecondition, "Ungültig: 100 % \n«完»", details: [8, 9, 0, 255],
      trailingMetadata: ["x-more": "yes"])
    for transport in Transport.allCases {
      try await withServer([failing(thrown)], over: transport) { _, channel in
        let error = await failure { try await channel.unary("/test.Fail/Fail", [UInt8]()) }
        XCTAssertEqual(error?.code, .failedPrecondition)
        XCTAssertEqual(error?.message, thrown.message)
        XCTAssertEqual(error?.details, thrown.details)
        XCTAssertEqual(error?.trailingMetadata["x-more"], "yes")
        XCTAssertEqual(error?.initialMetadata["x-request-id"], "42")
      }
    }
  }

  func testEveryCodeArrives() async throws {
    for code in 1...16 {
      let thrown = RPCError(StatusCode(rawValue: code), "no")
      try await withServer([failing(thrown)]) { _, channel in
        let error = await failure { try await channel.unary("/test.Fail/Fail", [UInt8]()) }
        XCTAssertEqual(error?.code.rawValue, code)
      }
    }
  }

  func testUnavailableIsTrailersOnly() async throws {
    try await withServer([failing(RPCError(.unavailable, "later"))], over: .tcp) { _, channel in
      let error = await failure { try await channel.unary("/test.Fail/Fail", [UInt8]()) }
      XCTAssertEqual(error?.code, .unavailable)
      XCTAssertNil(error?.initialMetadata["x-request-id"])
    }
  }

  func testOtherErrorsTellNothing() async throws {
    struct Secret: Error { let password = "hunter2" }
    try await withServer([failing(Secret())]) { _, channel in
      let error = await failure { try await channel.unary("/test.Fail/Fail", [UInt8]()) }
      XCTAssertEqual(error?.code, .internalError)
      XCTAssertEqual(error?.message, "Internal error.")
      XCTAssertEqual(error?.initialMetadata["x-request-id"], "42")
    }
  }
}
