import CoreGRPC
import InMemoryLogging
import JobClient
import JobMessages
import JobService
import JobServiceTesting
import Logging
import ProtobufWire
import Safeguards
import Synchronization
import XCTest

final class CallLogTests: XCTestCase {
  /// Calls a server that logs, and returns the lines.
  private func lines(
    _ services: [any GRPCService] = [HealthService(services: [])],
    interceptors: [ServerInterceptor] = [], configuration: ServerConfiguration = .init(),
    allowance: LogAllowance? = nil,
    now: @escaping @Sendable () -> ContinuousClock.Instant = CallLogTests.ticking(),
    _ body: (GRPCChannel) async throws -> Void
  ) async throws -> [Logger.Metadata] {
    var log = InMemoryLogHandler()
    log.logLevel = .trace
    let recorded = log
    let logger = Logger(label: "calls") { _ -> any LogHandler in
      if let allowance { SafeLogHandler(recorded, allowance: allowance) } else { recorded }
    }
    let server = try GRPCServer(
      address: "127.0.0.1:0",
      interceptors: [.callLog(logger, now: now)] + interceptors, services: services,
      configuration: configuration,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let serving = Task { try await server.run() }
    let port = await server.waitUntilStarted()
    let channel = try GRPCChannel(plaintextTarget: "127.0.0.1:\(XCTUnwrap(port))")
    try await body(channel)
    await channel.close()
    server.stop()
    try await serving.value
    return recorded.entries.map(\.metadata)
  }

  private static func ticking() -> @Sendable () -> ContinuousClock.Instant {
    let clock = TickingClock()
    return { clock.now() }
  }

  func testACallIsOneLine() async throws {
    let requestID = Mutex<String?>(nil)
    let lines = try await lines { channel in
      let reply = try await channel.unary(
        "/grpc.health.v1.Health/Check", [UInt8](), metadata: ["authorization": "Bearer hunter2"])
      requestID.withLock { $0 = reply.initialMetadata["x-request-id"] }
    }
    XCTAssertEqual(lines.count, 1)
    let line = try XCTUnwrap(lines.first)
    XCTAssertEqual(
      Set(line.keys), ["method", "code", "duration_ms", "peer", "request_id"])
    XCTAssertEqual(line["method"], "grpc.health.v1.Health/Check")
    XCTAssertEqual(line["code"], "OK")
    XCTAssertEqual(line["duration_ms"], "1.500")
    XCTAssertEqual(line["request_id"].map { "\($0)" }, requestID.withLock { $0 })
    XCTAssertEqual(line["peer"].map { "\($0)".hasPrefix("ipv4:127.0.0.1:") }, true)
    XCTAssertFalse("\(line)".contains("hunter2"))
  }

  func testFailuresOfHandlersAndInterceptorsAreLoggedWithTheirCodes() async throws {
    let refusing = ServerInterceptor { context, next in
      guard context.metadata["x-pass"] != nil else { throw RPCError(.unauthenticated, "who?") }
      try await next()
    }
    let lines = try await lines(interceptors: [refusing]) { channel in
      let request = HealthCheckRequest.with { $0.service = "nobody" }
      for metadata: Metadata in [[:], ["x-pass": "1"]] {
        _ = await failure {
          try await channel.unary(
            "/grpc.health.v1.Health/Check", request.serializedBytes(), metadata: metadata)
        }
      }
    }
    XCTAssertEqual(lines.map { $0["code"] }, ["UNAUTHENTICATED", "NOT_FOUND"])
  }

  func testInventedPathsAreCutToWhatDoesNoHarm() async throws {
    let long = "/x.Y/" + String(repeating: "z", count: 500)
    let lines = try await lines { channel in
      for path in ["/upload/file?signature=hunter2", long] {
        _ = await failure { try await channel.unary(path, [UInt8]()) }
      }
    }
    XCTAssertEqual(lines.map { $0["code"] }, ["UNIMPLEMENTED", "UNIMPLEMENTED"])
    XCTAssertEqual(lines[0]["method"], "other /upload/file")
    XCTAssertEqual(lines[1]["method"], "other \(long.prefix(100))")
  }

  func testAForgedPathIsOneHarmlessValue() async throws {
    let forgery = "/x\n2026-01-01T00:00:00+0000 critical jobs: FORGED\u{1B}[2J\u{202E} code=OK"
    let lines = try await lines { channel in
      _ = await failure { try await channel.unary(forgery, [UInt8]()) }
    }
    XCTAssertEqual(
      lines.map { $0["method"] },
      ["other /x_2026-01-01T00:00:00+0000_critical_jobs:_FORGED_[2J____code=OK"])
  }

  func testAFloodOfCallsHasTheAllowanceOfTheLogger() async throws {
    let start = ContinuousClock.now
    let path = "/flood/" + String(repeating: "\n\u{1B}", count: 500)
    let lines = try await lines(allowance: LogAllowance(lines: 20) { start }) { channel in
      for _ in 0..<300 {
        _ = await failure { try await channel.unary(path, [UInt8]()) }
        _ = try await channel.unary("/grpc.health.v1.Health/Check", [UInt8]())
      }
    }
    XCTAssertEqual(lines.count, 20)
    XCTAssertLessThan(lines.reduce(0) { $0 + "\($1)".utf8.count }, 20 * 500)
  }

  /// Calls that a server with room for one call at once refuses, and the lines of all its calls.
  private func linesWithTheServerFull(
    now: @escaping @Sendable () -> ContinuousClock.Instant = CallLogTests.ticking(),
    _ body: (GRPCChannel) async throws -> Void
  ) async throws -> [Logger.Metadata] {
    var configuration = ServerConfiguration()
    configuration.maximumConcurrentCalls = 1
    return try await lines(
      interceptors: [.requestIdentity], configuration: configuration, now: now
    ) { channel in
      let watching = try await channel.stream("/grpc.health.v1.Health/Watch")
      try await watching.send([UInt8]())
      try await watching.finishSending()
      _ = try await watching.receive()
      try await body(channel)
      watching.cancel()
    }
  }

  func testCallsBeyondTheLimitsAreLoggedAndHaveARequestID() async throws {
    let requestIDs = Mutex<[String?]>([])
    let lines = try await linesWithTheServerFull { channel in
      for path in ["/grpc.health.v1.Health/Check", "/a.B/C"] {
        let error = await failure { try await channel.unary(path, [UInt8]()) }
        XCTAssertEqual(error?.code, .resourceExhausted)
        requestIDs.withLock { $0.append(error?.initialMetadata["x-request-id"]) }
      }
    }
    XCTAssertEqual(lines.count, 3)
    XCTAssertEqual(
      lines.prefix(2).map { $0["code"] }, ["RESOURCE_EXHAUSTED", "RESOURCE_EXHAUSTED"])
    XCTAssertEqual(lines[0]["method"], "grpc.health.v1.Health/Check")
    XCTAssertEqual(lines[1]["method"], "other /a.B/C")
    XCTAssertEqual(
      lines.prefix(2).map { $0["request_id"].map { "\($0)" } }, requestIDs.withLock { $0 })
  }

  func testAFloodOfRefusedCallsHasAHundredLinesInTenSeconds() async throws {
    let clock = Mutex(ContinuousClock.now)
    let lines = try await linesWithTheServerFull {
      clock.withLock { $0 }
    } _: { channel in
      for period in [Duration.zero, .milliseconds(9_999), .milliseconds(1)] {
        clock.withLock { $0 += period }
        for _ in 0..<60 {
          let error = await failure {
            try await channel.unary("/grpc.health.v1.Health/Check", [UInt8]())
          }
          XCTAssertEqual(error?.code, .resourceExhausted)
        }
      }
    }
    let refused = lines.filter { $0["code"] == "RESOURCE_EXHAUSTED" }
    XCTAssertEqual(refused.count, 100 + 60)
    XCTAssertEqual(refused.compactMap { $0["unlogged"] }, ["20"])
    XCTAssertEqual(refused[100]["unlogged"], "20")
    XCTAssertEqual(lines.count, refused.count + 1, "calls that are served have their line")
  }

  func testACallWhoseTimeIsOverIsLoggedAsSuch() async throws {
    // What a handler sees at its deadline; the clock says that it has passed.
    let givenUp = ServerInterceptor { _, _ in throw CancellationError() }
    let lines = try await lines(
      interceptors: [givenUp], now: { .now + .seconds(120) }
    ) { channel in
      let error = await failure {
        try await channel.unary("/grpc.health.v1.Health/Check", [UInt8](), timeout: .seconds(60))
      }
      XCTAssertEqual(error?.code, .cancelled)
    }
    XCTAssertEqual(lines.map { $0["code"] }, ["DEADLINE_EXCEEDED"])
  }
}

/// A clock that moves 1,500 microseconds each time it is looked at.
private final class TickingClock: Sendable {
  private let time = Mutex(ContinuousClock.now)

  func now() -> ContinuousClock.Instant {
    time.withLock { time in
      time += .microseconds(1500)
      return time
    }
  }
}
