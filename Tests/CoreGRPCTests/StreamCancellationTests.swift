import CoreGRPC
import XCTest

final class StreamCancellationTests: XCTestCase {
  /// A handler that reads to the end and reports how the reading ended.
  private func reading(ended: @escaping @Sendable (any Error) -> Void, clean: Gate) -> TestService {
    TestService(
      .bidirectionalStreaming("/test.Stream/Read") { requests, replies, _ in
        do {
          for try await request in requests { try await replies.write(request) }
          clean.open()
        } catch {
          ended(error)
          throw error
        }
      })
  }

  func testAClientThatCancelsIsNoCleanEnd() async throws {
    for transport in Transport.allCases {
      let broken = Gate()
      let service = reading(ended: { _ in broken.open() }, clean: Gate())
      try await withServer([service], over: transport) { _, channel in
        let stream = try await channel.stream("/test.Stream/Read")
        try await stream.send([1])
        _ = try await stream.receive()
        stream.cancel()
        let error = await failure { try await stream.receive() }
        XCTAssertEqual(error?.code, .cancelled)
        await broken.wait()
      }
    }
  }

  func testATooLargeMessageIsNoCleanEnd() async throws {
    let broken = Gate()
    let service = reading(ended: { _ in broken.open() }, clean: Gate())
    var configuration = ServerConfiguration()
    configuration.maximumRequestSize = 1000
    try await withServer([service], over: .tcp, configuration: configuration) { _, channel in
      let stream = try await channel.stream("/test.Stream/Read")
      try? await stream.send([UInt8](repeating: 0, count: 2000))
      let error = await failure { try await stream.receive() }
      XCTAssertEqual(error?.code, .resourceExhausted)
      await broken.wait()
    }
  }

  func testAHandlerThatFailsEndsTheStreamOfAWaitingClient() async throws {
    let service = TestService(
      .bidirectionalStreaming("/test.Stream/Fail") { _, _, _ in
        throw RPCError(.aborted, "no")
      })
    try await withServer([service], over: .tcp) { _, channel in
      let stream = try await channel.stream("/test.Stream/Fail")
      let error = await failure { try await stream.receive() }
      XCTAssertEqual(error?.code, .aborted)
      let late = await failure {
        while true { try await stream.send([1]) }
      }
      XCTAssertEqual(late?.code, .cancelled)
    }
  }

  func testTheDeadlineEndsAStream() async throws {
    let broken = Gate()
    let service = reading(ended: { _ in broken.open() }, clean: Gate())
    try await withServer([service], over: .tcp) { _, channel in
      let stream = try await channel.stream("/test.Stream/Read", timeout: .milliseconds(100))
      let error = await failure { try await stream.receive() }
      XCTAssertEqual(error?.code, .deadlineExceeded)
      await broken.wait()
    }
  }

  func testAStreamThatNobodyHoldsIsCancelled() async throws {
    let broken = Gate()
    let service = reading(ended: { _ in broken.open() }, clean: Gate())
    try await withServer([service], over: .tcp) { _, channel in
      do {
        let stream = try await channel.stream("/test.Stream/Read")
        try await stream.send([1])
      }
      await broken.wait()
    }
  }

  func testShutdownCancelsStreamsAfterTheGracePeriod() async throws {
    let broken = Gate()
    let service = reading(ended: { _ in broken.open() }, clean: Gate())
    var configuration = ServerConfiguration()
    configuration.shutdownGrace = .milliseconds(50)
    try await withServer([service], over: .tcp, configuration: configuration) { server, channel in
      let stream = try await channel.stream("/test.Stream/Read")
      try await stream.send([1])
      _ = try await stream.receive()
      server.stop()
      let error = await failure { try await stream.receive() }
      XCTAssertTrue([.cancelled, .unavailable].contains(error?.code))
      await broken.wait()
    }
  }
}
