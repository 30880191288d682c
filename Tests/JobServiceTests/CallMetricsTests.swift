import CoreGRPC
import JobClient
import JobMessages
import JobService
import JobServiceTesting
import MetricsTestKit
import ProtobufWire
import XCTest

final class CallMetricsTests: XCTestCase {
  private func count(_ metrics: TestMetrics, _ method: String, _ status: String) -> Int64 {
    metrics.counterTotal(
      label: "grpc.server.calls",
      dimensions: [("grpc.method", method), ("grpc.status", status)])
  }

  func testCallsAreCountedAndTimedByMethodAndCode() async throws {
    let metrics = TestMetrics()
    let measuring = CallMetrics(factory: metrics).interceptor
    let odd = OddService()
    try await withInProcessServer(
      HealthService(services: []), odd, interceptors: [measuring]
    ) { client in
      let channel = client.channel
      for _ in 0..<3 { _ = try await channel.unary("/grpc.health.v1.Health/Check", [UInt8]()) }
      let request = HealthCheckRequest.with { $0.service = "nobody" }.serializedBytes()
      _ = await failure { try await channel.unary("/grpc.health.v1.Health/Check", request) }
      _ = await failure { try await channel.unary("/a.B/C", [UInt8]()) }
      _ = await failure { try await channel.unary("/d.E/F", [UInt8]()) }
      _ = await failure { try await channel.unary("/test.Odd/Code", [UInt8]()) }
    }
    let check = "grpc.health.v1.Health/Check"
    XCTAssertEqual(count(metrics, check, "OK"), 3)
    XCTAssertEqual(count(metrics, check, "NOT_FOUND"), 1)
    XCTAssertEqual(count(metrics, "other", "UNIMPLEMENTED"), 2)
    XCTAssertEqual(count(metrics, "test.Odd/Code", "OTHER"), 1)
    let timer = try metrics.expectTimer(
      "grpc.server.call.duration", [("grpc.method", check), ("grpc.status", "OK")])
    XCTAssertEqual(timer.values.count, 3)
    XCTAssertTrue(timer.values.allSatisfy { $0 > 0 })
    XCTAssertEqual(metrics.counters.count, 4, "each pair is one instrument")
  }

  func testCallsBeyondTheLimitsAreCounted() async throws {
    let metrics = TestMetrics()
    var configuration = ServerConfiguration()
    configuration.maximumMetadataSize = 500
    try await withInProcessServer(
      HealthService(services: []), interceptors: [CallMetrics(factory: metrics).interceptor],
      configuration: configuration
    ) { client in
      let error = await failure {
        try await client.channel.unary(
          "/grpc.health.v1.Health/Check", [UInt8](),
          metadata: ["x-large": String(repeating: "m", count: 500)])
      }
      XCTAssertEqual(error?.code, .resourceExhausted)
      XCTAssertNotNil(error?.initialMetadata["x-request-id"])
    }
    XCTAssertEqual(count(metrics, "grpc.health.v1.Health/Check", "RESOURCE_EXHAUSTED"), 1)
    let active = try metrics.expectMeter("grpc.server.calls.active")
    XCTAssertEqual(active.lastValue, 0)
  }

  func testCallsUnderWayAreShown() async throws {
    let metrics = TestMetrics()
    let measuring = CallMetrics(factory: metrics).interceptor
    try await withInProcessServer(HealthService(services: []), interceptors: [measuring]) {
      client in
      let watching = try await client.channel.stream("/grpc.health.v1.Health/Watch")
      try await watching.send([UInt8]())
      try await watching.finishSending()
      _ = try await watching.receive()
      let active = try metrics.expectMeter("grpc.server.calls.active")
      XCTAssertEqual(active.lastValue, 1)
      watching.cancel()
    }
    let active = try metrics.expectMeter("grpc.server.calls.active")
    XCTAssertEqual(active.lastValue, 0)
  }
}

/// Ends its calls with a code that gRPC does not know.
private struct OddService: GRPCService {
  var methods: [RPCMethod] {
    [
      .unary("/test.Odd/Code") { _, _ -> [UInt8] in
        throw RPCError(StatusCode(rawValue: 99), "odd")
      }
    ]
  }
}
