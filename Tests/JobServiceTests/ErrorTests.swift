import CoreGRPC
import JobClient
import JobCloning
import JobMessages
import JobService
import JobServiceTesting
import ProtobufWire
import XCTest

final class ErrorTests: XCTestCase {
  private func status(_ error: RPCError?) throws -> GoogleRPCStatus {
    try GoogleRPCStatus(serializedBytes: XCTUnwrap(error).details)
  }

  private func withFailingStore(
    _ code: StoreError.Code, _ body: (ProjectJobClient) async throws -> Void
  ) async throws {
    let fixture = Fixture()
    fixture.store.failure = StoreError(code, "/secret/path")
    try await fixture.withClient(body)
  }

  private func detail<M: Message>(_ type: M.Type, of error: RPCError?) throws -> M? {
    try status(error).details.lazy.compactMap { try $0.unpack(type) }.first
  }

  func testViolationsTravelAsBadRequestWithTheRequestID() async throws {
    try await Fixture().withClient { client in
      let source = try await Fixture.makeJob(client)
      let error = await failure {
        try await client.clone(
          .with {
            $0.sourceJobID = source
            $0.name = String(repeating: "x", count: 65)
            $0.jobParametersOverrides = .with { $0.arguments = [.init(name: "NEW", value: "")] }
          })
      }
      XCTAssertEqual(error?.code, .invalidArgument)
      let bad = try XCTUnwrap(detail(BadRequest.self, of: error))
      XCTAssertEqual(
        Set(bad.fieldViolations.map(\.field)),
        ["name", "job_parameters_overrides.arguments[0].name"])
      let info = try XCTUnwrap(detail(RequestInfo.self, of: error))
      XCTAssertEqual(info.requestID, error?.initialMetadata["x-request-id"])
      let status = try status(error)
      XCTAssertEqual(status.code, 3)
      XCTAssertEqual(status.message, error?.message)
    }
  }

  func testManyViolationsFitIntoWhatClientsTakeAsMetadata() async throws {
    try await Fixture().withClient { client in
      let source = try await Fixture.makeJob(client)
      let error = await failure {
        try await client.clone(
          .with {
            $0.sourceJobID = source
            $0.jobParametersOverrides = .with {
              $0.arguments = (0..<1000).map { .init(name: "UNKNOWN\($0)", value: "") }
            }
          })
      }
      XCTAssertEqual(error?.code, .invalidArgument)
      XCTAssertLessThan(try XCTUnwrap(error).details.count, 6_000)
      XCTAssertEqual(error?.message.contains("and 999 more violations"), true)
    }
  }

  func testNotFoundNamesTheResource() async throws {
    try await Fixture().withClient { client in
      let error = await failure { try await client.job(id: "bt1nothere") }
      XCTAssertEqual(error?.code, .notFound)
      let info = try XCTUnwrap(detail(ResourceInfo.self, of: error))
      XCTAssertEqual(info.resourceName, "bt1nothere")
    }
  }

  func testMalformedMessagesAreInvalidArgument() async throws {
    try await Fixture().withClient { client in
      // Groups in groups, deeper than any message.
      let deep = [UInt8](repeating: 0x0B, count: 200) + [UInt8](repeating: 0x0C, count: 200)
      for bytes: [UInt8] in [[0x0A], [0x0A, 0x02, 0xC0, 0x80], [0x0B], [0xFF], deep] {
        let error = await failure {
          try await client.channel.unary("/\(ProjectJobService.name)/Clone", bytes)
        }
        XCTAssertEqual(error?.code, .invalidArgument, "\(bytes)")
        XCTAssertEqual(error?.details, [])
      }
    }
  }

  func testAStoreThatDoesNotAnswerIsUnavailableWithoutInitialMetadata() async throws {
    try await withFailingStore(.unavailable) { client in
      let error = await failure { try await client.job(id: "bt1") }
      XCTAssertEqual(error?.code, .unavailable)
      XCTAssertNil(error?.initialMetadata["x-request-id"])
      XCTAssertEqual(error?.message.contains("secret"), false)
    }
  }

  func testAFullStoreIsResourceExhaustedWithAQuotaFailure() async throws {
    try await withFailingStore(.full) { client in
      let error = await failure { try await client.job(id: "bt1") }
      XCTAssertEqual(error?.code, .resourceExhausted)
      XCTAssertNotNil(try detail(QuotaFailure.self, of: error))
    }
  }

  func testABrokenStoreIsInternalAndTellsOnlyTheRequestID() async throws {
    try await withFailingStore(.corrupted) { client in
      let error = await failure { try await client.job(id: "bt1") }
      XCTAssertEqual(error?.code, .internalError)
      let requestID = try XCTUnwrap(error?.initialMetadata["x-request-id"])
      XCTAssertEqual(error?.message, "Internal error. Request id: \(requestID).")
    }
  }
}
