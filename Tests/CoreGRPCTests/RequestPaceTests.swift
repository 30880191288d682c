import CoreGRPC
import TestSupport
import XCTest

/// Requests that arrive slowly or never, and calls that are given up at once.
final class RequestPaceTests: XCTestCase {
  private let block = HTTP2Frame.callHeaders(path: "/test.Echo/Echo")

  private func withPacedServer(
    _ services: [any GRPCService] = [TestService.echo], log: LogRecorder = LogRecorder(),
    _ configure: (inout ServerConfiguration) -> Void,
    _ body: (GRPCServer, Int, GRPCChannel) async throws -> Void
  ) async throws {
    var configuration = ServerConfiguration()
    configuration.shutdownGrace = .milliseconds(100)
    configure(&configuration)
    try await withServer(
      services, over: .tcp, configuration: configuration, logger: log.logger
    ) { server, channel in
      let port = await server.waitUntilStarted()
      try await body(server, try XCTUnwrap(port), channel)
    }
  }

  private func greetedPeer(_ port: Int) throws -> RawPeer {
    let peer = try RawPeer(port: port)
    peer.send(HTTP2Frame.greeting)
    XCTAssertNotNil(peer.frame(.settings))
    peer.send(HTTP2Frame.settingsAcknowledgement)
    return peer
  }

  // MARK: - Slow requests

  func testARequestThatNeverArrivesEndsItsConnection() async throws {
    let log = LogRecorder()
    try await withPacedServer(log: log) {
      $0.maximumConnectionIdle = .milliseconds(200)
      $0.maximumRequestTime = .milliseconds(300)
    } _: { _, port, channel in
      // Headers without their end; a call without its message; one with half of its message.
      let beginnings = [
        HTTP2Frame(.headers, stream: 1, Array(block.prefix(10))).bytes,
        HTTP2Frame.headers(stream: 1, block),
        HTTP2Frame.headers(stream: 1, block)
          + HTTP2Frame(.data, stream: 1, [0, 0, 0, 0, 100, 1, 2]).bytes,
      ]
      for (index, beginning) in beginnings.enumerated() {
        let peer = try greetedPeer(port)
        peer.send(beginning)
        XCTAssertTrue(peer.isClosed(within: .seconds(10)), "\(index)")
      }
      _ = try await channel.unary("/test.Echo/Echo", [1], timeout: .seconds(10))
      XCTAssertEqual(log.lines(with: "maximumRequestTime").count, 1)
    }
  }

  func testARequestThatDribblesEndsItsConnection() async throws {
    try await withPacedServer {
      $0.maximumConnectionIdle = .milliseconds(200)
      $0.maximumRequestTime = .milliseconds(300)
    } _: { _, port, channel in
      let peer = try greetedPeer(port)
      peer.send(HTTP2Frame.headers(stream: 1, block))
      let begin = ContinuousClock.now
      var isOpen = true
      while isOpen, ContinuousClock.now - begin < .seconds(10) {
        isOpen = peer.send(HTTP2Frame(.data, stream: 1, [0]).bytes)
        if isOpen, let bytes = peer.receive(within: .milliseconds(20)) { isOpen = !bytes.isEmpty }
      }
      XCTAssertFalse(isOpen)
      _ = try await channel.unary("/test.Echo/Echo", [1], timeout: .seconds(10))
    }
  }

  func testAConnectionWithACallThatArrivedMayTakeItsTime() async throws {
    let gate = Gate()
    let service = TestService(
      .unary("/test.Wait/Wait") { _, _ -> [UInt8] in
        await gate.wait()
        return []
      })
    try await withPacedServer([service]) {
      $0.maximumConnectionIdle = .milliseconds(50)
      $0.maximumRequestTime = .milliseconds(50)
    } _: { _, port, _ in
      let peer = try greetedPeer(port)
      peer.send(HTTP2Frame.call(stream: 1, path: "/test.Wait/Wait", []))
      XCTAssertNil(peer.frame(.goAway, within: .milliseconds(800)))
      gate.open()
      XCTAssertNotNil(peer.frame(.data, stream: 1))
    }
  }

  func testWhoIsOnlyIdleIsToldToGoInGoodOrder() async throws {
    try await withPacedServer {
      $0.maximumConnectionIdle = .milliseconds(200)
      $0.maximumRequestTime = .milliseconds(500)
    } _: { _, port, _ in
      let peer = try greetedPeer(port)
      peer.send(HTTP2Frame.call(stream: 1, path: "/test.Echo/Echo", [1]))
      // A connection that is ended for its requests hears nothing.
      XCTAssertNotNil(peer.frame(.goAway))
    }
  }

  func testPeersWithoutCallsYieldTheirPlaces() async throws {
    try await withPacedServer {
      $0.maximumConnections = 3
    } _: { server, port, channel in
      let idle = try (0..<2).map { _ in try greetedPeer(port) }
      let half = try greetedPeer(port)
      half.send(HTTP2Frame.headers(stream: 1, block))
      // Long before they would be closed as idle.
      _ = try await channel.unary("/test.Echo/Echo", [1], timeout: .seconds(20))
      XCTAssertLessThanOrEqual(server.connectionCount, 3)
      withExtendedLifetime((idle, half)) {}
    }
  }

  // MARK: - Requests that are waited for

  func testEveryKindOfCallWorksWhenItArrivesBeforeItsRequest() async throws {
    let service = TestService(
      .unary("/test.Echo/Echo") { request, _ in request },
      .serverStreaming("/test.Echo/Twice") { request, replies, _ in
        try await replies.write(request)
        try await replies.write(request)
      })
    var configuration = ServerConfiguration()
    configuration.countsUnfinishedRequests = true
    for transport in Transport.allCases {
      try await withServer([service], over: transport, configuration: configuration) {
        _, channel in
        for size in [0, 1, 100_000] {
          let message = [UInt8](repeating: 7, count: size)
          let reply = try await channel.unary("/test.Echo/Echo", message)
          XCTAssertEqual(reply.message, message)
        }
        let stream = try await channel.stream("/test.Echo/Twice")
        try await stream.send([7])
        try await stream.finishSending()
        var replies: [[UInt8]] = []
        while let reply = try await stream.receive() { replies.append(reply) }
        XCTAssertEqual(replies, [[7], [7]])
      }
    }
  }

  func testARequestThatTakesTooLongFailsAloneOnABusyConnection() async throws {
    let log = LogRecorder()
    try await withPacedServer(log: log) {
      $0.countsUnfinishedRequests = true
      $0.maximumRequestTime = .milliseconds(200)
    } _: { _, port, _ in
      let peer = try greetedPeer(port)
      peer.send(HTTP2Frame.headers(stream: 1, block))
      peer.send(HTTP2Frame.call(stream: 3, path: "/test.Echo/Echo", [1]))
      XCTAssertNotNil(peer.frame(.data, stream: 3))
      XCTAssertEqual(peer.frame(.headers, stream: 1)?.endsCall(with: 4), true)
      peer.send(HTTP2Frame.call(stream: 5, path: "/test.Echo/Echo", [1]))
      XCTAssertNotNil(peer.frame(.data, stream: 5))
      XCTAssertEqual(log.lines(with: "maximumRequestTime").count, 1)
    }
  }

  func testACallThatEndsWithoutItsRequestIsAnswered() async throws {
    for counts in [false, true] {
      try await withPacedServer {
        $0.countsUnfinishedRequests = counts
      } _: { _, port, _ in
        let peer = try greetedPeer(port)
        peer.send(
          HTTP2Frame(
            .headers, flags: HTTP2Frame.endHeaders | HTTP2Frame.endStream, stream: 1, block
          ).bytes)
        XCTAssertEqual(peer.frame(.headers, stream: 1)?.endsCall(with: 3), true)
      }
    }
  }

  // MARK: - Calls given up

  /// Begins and gives up calls until the connection is closed; how many there were.
  private func reset(_ peer: RawPeer, atMost count: Int) -> Int {
    var stream = 1
    for sent in 0..<count {
      let call = HTTP2Frame.headers(stream: stream, block) + HTTP2Frame.reset(stream: stream)
      guard peer.send(call, dropsReplies: true) else { return sent }
      stream += 2
    }
    return count
  }

  func testTooManyCallsGivenUpEndTheConnection() async throws {
    let log = LogRecorder()
    try await withPacedServer(log: log) {
      $0.maximumCancelledCalls = 100
    } _: { _, port, channel in
      let before = try ProcessUsage.current
      let peer = try greetedPeer(port)
      // Those that wait in the sockets' buffers are among them.
      let sent = reset(peer, atMost: 50_000)
      XCTAssertLessThan(sent, 50_000)
      let isTold = await eventually { log.lines(with: "maximumCancelledCalls").count == 1 }
      XCTAssertTrue(isTold)
      // Also where another thread than the server's reads from its sockets: here the channel's.
      let growth = try ProcessUsage.current.residentBytes - before.residentBytes
      print("calls given up: \(sent) sent, \(growth >> 20) MB")
      if !isSanitized { XCTAssertLessThan(growth, 100 << 20) }
      // The other connections go on.
      _ = try await channel.unary("/test.Echo/Echo", [1], timeout: .seconds(10))
    }
  }

  func testAFewCallsGivenUpAreAnybodysRight() async throws {
    let service = TestService(
      .unary("/test.Wait/Wait") { _, _ -> [UInt8] in
        await Gate().wait()
        throw CancellationError()
      })
    try await withPacedServer([service, TestService.echo]) {
      $0.maximumCancelledCalls = 100
    } _: { server, _, channel in
      _ = try await channel.unary("/test.Echo/Echo", [1])
      for _ in 0..<50 {
        // At a deadline of less than a second, too.
        _ = await failure {
          try await channel.unary("/test.Wait/Wait", [1], timeout: .milliseconds(5))
        }
      }
      XCTAssertEqual(server.connectionCount, 1)
      _ = try await channel.unary("/test.Echo/Echo", [1])
    }
  }
}
