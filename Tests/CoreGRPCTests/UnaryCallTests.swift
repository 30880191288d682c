import CoreGRPC
import XCTest

final class UnaryCallTests: XCTestCase {
  func testEchoesOverEveryTransport() async throws {
    for transport in Transport.allCases {
      try await withServer([TestService.echo], over: transport) { _, channel in
        let reply = try await channel.unary("/test.Echo/Echo", Array("hello".utf8))
        XCTAssertEqual(reply.message, Array("hello".utf8), "\(transport)")
      }
    }
  }

  func testMessagesOfEverySizeArriveWhole() async throws {
    try await withServer([TestService.echo], over: .tcp) { _, channel in
      for size in [0, 1, 23, 24, 8191, 8192, 65_536, 3_000_000] {
        let message = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let reply = try await channel.unary("/test.Echo/Echo", message)
        XCTAssertEqual(reply.message, message, "\(size) bytes")
      }
    }
  }

  func testAThousandCallsAtOnceGetEachTheirOwnReply() async throws {
    var configuration = ServerConfiguration()
    configuration.queues = 2
    configuration.threadsPerQueue = 2
    for transport in [Transport.inProcess, .tcp] {
      try await withServer([slowEcho], over: transport, configuration: configuration) {
        _, channel in
        try await withThrowingTaskGroup(of: Void.self) { group in
          for index in 0..<1000 {
            group.addTask {
              let message = Array("\(index)".utf8)
              let reply = try await channel.unary("/test.Echo/Echo", message)
              XCTAssertEqual(reply.message, message)
            }
          }
          try await group.waitForAll()
        }
      }
    }
  }

  /// An echo whose handler leaves its thread and comes back.
  private let slowEcho = TestService(
    .unary("/test.Echo/Echo") { request, _ in
      await Task.yield()
      return await Task.detached { request }.value
    })

  func testAHandlerGoesOnOnThePollerAfterASuspension() async throws {
    let service = TestService(
      .unary("/test.Echo/Thread") { _, _ in
        let before = threadName()
        await Task.detached {}.value
        return Array("\(before) \(threadName())".utf8)
      })
    try await withServer([service]) { _, channel in
      let reply = try await channel.unary("/test.Echo/Thread", [UInt8]())
      XCTAssertEqual(String(decoding: reply.message, as: UTF8.self), "grpc-poller grpc-poller")
    }
  }

  func testUnknownMethodsAreUnimplementedAtOnce() async throws {
    for transport in Transport.allCases {
      try await withServer([TestService.echo], over: transport) { _, channel in
        // More than the server keeps requested at once.
        for index in 0..<50 {
          let error = await failure {
            try await channel.unary("/test.Echo/Other\(index)", [1, 2], timeout: .seconds(20))
          }
          XCTAssertEqual(error?.code, .unimplemented)
          XCTAssertEqual(error?.message, "Method \"/test.Echo/Other\(index)\" is not served.")
        }
      }
    }
  }

  func testALongUnknownPathIsCutAndQuotedInTheAnswer() async throws {
    try await withServer([TestService.echo], over: .tcp) { _, channel in
      for _ in 0..<20 {
        let error = await failure {
          try await channel.unary(
            "/a\n\u{1B}\"" + String(repeating: "\u{1B}", count: 6_000), [UInt8]())
        }
        XCTAssertEqual(error?.code, .unimplemented)
        XCTAssertEqual(
          error?.message.hasPrefix("Method \"/a\\n\\u001b\\\"\\u001b"), true,
          error?.message ?? "")
        XCTAssertLessThan(error?.message.utf8.count ?? .max, 1_000)
        // A reply that no client takes would end other calls on the connection, too.
        let reply = try await channel.unary("/test.Echo/Echo", [7])
        XCTAssertEqual(reply.message, [7])
      }
    }
  }

  func testATooLargeRequestIsResourceExhausted() async throws {
    var configuration = ServerConfiguration()
    configuration.maximumRequestSize = 1000
    try await withServer([TestService.echo], over: .tcp, configuration: configuration) {
      _, channel in
      let message = [UInt8](repeating: 7, count: 1000)
      let reply = try await channel.unary("/test.Echo/Echo", message)
      XCTAssertEqual(reply.message, message)
      let error = await failure { try await channel.unary("/test.Echo/Echo", message + [7]) }
      XCTAssertEqual(error?.code, .resourceExhausted)
      // The connection and the server live on.
      _ = try await channel.unary("/test.Echo/Echo", message)
    }
  }
}

private func threadName() -> String {
  (try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8))?
    .trimmingCharacters(in: .whitespacesAndNewlines) ?? "?"
}
