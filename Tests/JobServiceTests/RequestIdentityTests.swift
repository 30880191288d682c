import CoreGRPC
import JobClient
import JobMessages
import JobService
import JobServiceTesting
import ProtobufWire
import XCTest

final class RequestIdentityTests: XCTestCase {
  private func initialMetadata(
    sending metadata: Metadata = [:], to path: String? = nil,
    interceptors: [ServerInterceptor] = []
  ) async throws -> Metadata {
    let service = HealthService(services: [])
    return try await withInProcessServer(service, interceptors: interceptors) { client in
      let path = path ?? "/grpc.health.v1.Health/Check"
      do throws(RPCError) {
        return try await client.channel.unary(path, [UInt8](), metadata: metadata).initialMetadata
      } catch {
        return error.initialMetadata
      }
    }
  }

  func testEveryReplyHasItsOwnUUID() async throws {
    let first = try await initialMetadata()
    let second = try await initialMetadata()
    let id = try XCTUnwrap(first["x-request-id"])
    XCTAssertNotNil(UUID(uuidString: id), id)
    XCTAssertEqual(Array(id)[14], "4")
    XCTAssertNotEqual(id, second["x-request-id"])
    XCTAssertEqual(first["x-server-trace-id"]?.count, 32)
  }

  func testTheTraceIDIsTheCallers() async throws {
    let trace = "0af7651916cd43dd8448eb211c80319c"
    let metadata = try await initialMetadata(
      sending: ["traceparent": "00-\(trace)-b7ad6b7169203331-01"])
    XCTAssertEqual(metadata["x-server-trace-id"], trace)
  }

  func testABadTraceparentIsIgnored() async throws {
    let zeros = String(repeating: "0", count: 32)
    for bad in ["", "x", "00-XYZ-1-01", "00-\(zeros)-b7ad6b7169203331-01", "00-\(zeros)"] {
      let metadata = try await initialMetadata(sending: ["traceparent": bad])
      let id = try XCTUnwrap(metadata["x-server-trace-id"])
      XCTAssertEqual(id.count, 32)
      XCTAssertNotEqual(id, zeros)
    }
  }

  func testUnknownMethodsHaveAnIDWithTheInterceptor() async throws {
    let metadata = try await initialMetadata(
      to: "/nobody/Nothing", interceptors: [.requestIdentity])
    XCTAssertEqual(metadata.values(forKey: "x-request-id").count, 1)
    let served = try await initialMetadata(interceptors: [.requestIdentity])
    XCTAssertEqual(served.values(forKey: "x-request-id").count, 1)
  }
}
