import CGRPCShim
import TestSupport
import XCTest

@testable import CoreGRPC

/// What calls and servers leave behind: nothing.
///
/// `SOAK=1` makes these tests long.
final class LeakTests: XCTestCase {
  private static let memoryBound = 24 << 20

  private let streaming = TestService(
    .bidirectionalStreaming("/test.Stream/Echo") { requests, replies, _ in
      for try await request in requests { try await replies.write(request) }
    },
    .unary("/test.Wait/Wait") { _, _ -> [UInt8] in
      await Gate().wait()
      throw CancellationError()
    })

  func testCyclesOfAServer() async throws {
    func cycle() async throws {
      try await withServer([TestService.echo], over: .tcp) { _, channel in
        _ = try await channel.unary("/test.Echo/Echo", [1])
      }
    }
    for _ in 0..<20 { try await cycle() }
    let before = try ProcessUsage.current
    for _ in 0..<Soak.count(100, long: 1000) { try await cycle() }
    try await assertNoGrowth(since: before, memory: Self.memoryBound)
    await assertNoCalls()
  }

  func testUnaryCalls() async throws {
    try await checkCalls(count: Soak.count(5_000, long: 100_000)) { channel in
      let reply = try await channel.unary("/test.Echo/Echo", [UInt8](repeating: 7, count: 1000))
      XCTAssertEqual(reply.message.count, 1000)
    }
  }

  func testFailedCalls() async throws {
    try await checkCalls(count: Soak.count(2_000, long: 100_000)) { channel in
      let error = await failure { try await channel.unary("/test.None/None", [1]) }
      XCTAssertEqual(error?.code, .unimplemented)
    }
  }

  /// Core keeps what is short in place: only a long path has memory of its own.
  func testCallsWithLongPaths() async throws {
    let path = "/test.None/" + String(repeating: "n", count: 4_000)
    try await checkCalls(count: Soak.count(8_000, long: 40_000)) { channel in
      let error = await failure { try await channel.unary(path, [1]) }
      XCTAssertEqual(error?.code, .unimplemented)
    }
  }

  func testStreams() async throws {
    try await checkCalls(count: Soak.count(1_000, long: 20_000)) { channel in
      let stream = try await channel.stream("/test.Stream/Echo")
      for _ in 0..<3 {
        try await stream.send([UInt8](repeating: 7, count: 1000))
        _ = try await stream.receive()
      }
      try await stream.finishSending()
      let end = try await stream.receive()
      XCTAssertNil(end)
    }
  }

  func testCancelledCallsAndStreams() async throws {
    try await checkCalls(count: Soak.count(1_000, long: 20_000)) { channel in
      let call = Task { try await channel.unary("/test.Wait/Wait", [1]) }
      let stream = try await channel.stream("/test.Stream/Echo")
      try await stream.send([1])
      _ = try await stream.receive()
      call.cancel()
      stream.cancel()
      let error = await failure { try await call.value }
      XCTAssertEqual(error?.code, .cancelled)
      _ = await failure { try await stream.receive() }
    }
  }

  /// Makes calls, 20 at a time, over a socket and in process, and looks at what they leave.
  private func checkCalls(
    count: Int, _ call: @escaping @Sendable (GRPCChannel) async throws -> Void
  ) async throws {
    var configuration = ServerConfiguration()
    configuration.maximumCancelledCalls = 0
    for transport in [Transport.tcp, .inProcess] {
      try await withServer(
        [TestService.echo, streaming], over: transport, configuration: configuration
      ) { server, channel in
        func round(_ count: Int) async throws {
          try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
              group.addTask { for _ in 0..<count / 20 { try await call(channel) } }
            }
            try await group.waitForAll()
          }
        }
        func waitForRest() async throws -> Bool {
          try await eventually { try server.withRunningCore { $0.callCount } == 0 }
        }
        try await round(min(count, 2_000))
        let isResting = try await waitForRest()
        XCTAssertTrue(isResting)
        // Those that the server has asked for.
        let resting = cgrpc_live_call_count()
        let before = try ProcessUsage.current
        try await round(count)
        let isRestingAgain = try await waitForRest()
        XCTAssertTrue(isRestingAgain)
        let isBack = await eventually { cgrpc_live_call_count() <= resting }
        XCTAssertTrue(isBack, "\(resting) calls before, \(cgrpc_live_call_count()) after")
        try await assertNoGrowth(since: before, memory: Self.memoryBound)
      }
      await assertNoCalls()
    }
  }

  private func assertNoCalls(file: StaticString = #filePath, line: UInt = #line) async {
    let areGone = await eventually { cgrpc_live_call_count() == 0 }
    XCTAssertTrue(areGone, "\(cgrpc_live_call_count()) calls are left", file: file, line: line)
  }
}
