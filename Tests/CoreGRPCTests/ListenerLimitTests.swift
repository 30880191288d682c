import CoreGRPC
import Synchronization
import TestSupport
import XCTest

/// How many connections there may be, and how long each may stay.
final class ListenerLimitTests: XCTestCase {
  private func withListener(
    _ services: [any GRPCService] = [TestService.echo],
    _ configure: (inout ServerConfiguration) -> Void,
    _ body: (GRPCServer, Int, GRPCChannel) async throws -> Void
  ) async throws {
    var configuration = ServerConfiguration()
    configuration.shutdownGrace = .milliseconds(100)
    configure(&configuration)
    try await withServer(services, over: .tcp, configuration: configuration) { server, channel in
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

  /// A service whose calls end with the test.
  private func waiting(_ gate: Gate) -> TestService {
    TestService(
      .unary("/test.Wait/Wait") { _, _ -> [UInt8] in
        await gate.wait()
        return []
      })
  }

  // MARK: - Number

  func testConnectionsBeyondTheLimitWaitForTheirTurn() async throws {
    try await withListener {
      $0.maximumConnections = 3
    } _: { server, port, channel in
      var peers = try (0..<3).map { _ in try greetedPeer(port) }
      XCTAssertEqual(server.connectionCount, 3)
      let next = try RawPeer(port: port)
      next.send(HTTP2Frame.greeting)
      XCTAssertNil(next.receive(within: .milliseconds(200)))
      XCTAssertEqual(server.connectionCount, 3)
      // Whatever way a connection ends, its place is free.
      peers[0].resetAtEnd()
      peers.removeFirst()
      XCTAssertNotNil(next.frame(.settings, within: .seconds(5)))
      peers.removeFirst()
      _ = try await channel.unary("/test.Echo/Echo", [1], timeout: .seconds(10))
      XCTAssertEqual(server.connectionCount, 3)
      withExtendedLifetime((peers, next)) {}
    }
  }

  func testManyConnectionsInTurnPassThroughAFewPlaces() async throws {
    try await withListener {
      $0.maximumConnections = 4
    } _: { server, port, channel in
      for index in 0..<200 {
        let peer = try RawPeer(port: port)
        if index % 2 == 0 { peer.resetAtEnd() }
        peer.send(HTTP2Frame.greeting)
        XCTAssertNotNil(peer.frame(.settings, within: .seconds(5)), "\(index)")
      }
      let isEmpty = await eventually { server.connectionCount == 0 }
      XCTAssertTrue(isEmpty)
      _ = try await channel.unary("/test.Echo/Echo", [1])
    }
  }

  func testSilentPeersYieldTheirPlaces() async throws {
    try await withListener {
      $0.maximumConnections = 3
    } _: { server, port, channel in
      let silent = try (0..<10).map { _ in try RawPeer(port: port) }
      // Long before the handshake timeout of ten seconds.
      _ = try await channel.unary("/test.Echo/Echo", [1], timeout: .seconds(8))
      XCTAssertLessThanOrEqual(server.connectionCount, 3)
      withExtendedLifetime(silent) {}
    }
  }

  // MARK: - Calls

  func testAPeerThatNeverAcknowledgesTheSettingsIsHeldToTheStreamLimit() async throws {
    let gate = Gate()
    let began = Atomic(0)
    let service = TestService(
      .unary("/test.Wait/Wait") { _, _ -> [UInt8] in
        began.add(1, ordering: .relaxed)
        await gate.wait()
        return []
      })
    try await withListener([service, TestService.echo]) {
      $0.maximumConcurrentStreams = 10
    } _: { server, port, channel in
      let peer = try RawPeer(port: port)
      peer.send(HTTP2Frame.greeting)
      for call in 0..<50 {
        peer.send(HTTP2Frame.call(stream: 2 * call + 1, path: "/test.Wait/Wait", []))
      }
      for _ in 0..<30 {
        XCTAssertEqual(peer.frame(.headers)?.endsCall(with: 8), true)
      }
      // On another thread than the refusals.
      let haveBegun = await eventually { began.load(ordering: .relaxed) >= 20 }
      XCTAssertTrue(haveBegun)
      XCTAssertEqual(began.load(ordering: .relaxed), 20)
      gate.open()
      for _ in 0..<20 { XCTAssertNotNil(peer.frame(.data)) }
      // Calls that are over do not count.
      peer.send(HTTP2Frame.call(stream: 1001, path: "/test.Wait/Wait", []))
      XCTAssertNotNil(peer.frame(.data, stream: 1001))
      _ = try await channel.unary("/test.Echo/Echo", [1])
    }
  }

  func testAPeerWithFarTooManyCallsLosesItsConnection() async throws {
    let gate = Gate()
    try await withListener([waiting(gate), TestService.echo]) {
      $0.maximumConcurrentStreams = 10
    } _: { server, port, channel in
      let peer = try RawPeer(port: port)
      // No window at all: even refusals with a message stay with the server.
      peer.send(HTTP2Frame.preface + HTTP2Frame.settings([(4, 0)]))
      var isOpen = true
      for call in 0..<100_000 where isOpen {
        isOpen = peer.send(
          HTTP2Frame.call(stream: 2 * call + 1, path: "/test.Wait/Wait", []))
        if call % 1000 == 0 { _ = try await channel.unary("/test.Echo/Echo", [1]) }
      }
      gate.open()
      XCTAssertFalse(isOpen)
    }
  }

  func testAClientAtTheStreamLimitIsNeverRefused() async throws {
    try await withListener {
      $0.maximumConcurrentStreams = 4
      $0.threadsPerQueue = 2
    } _: { _, _, channel in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<2000 {
          group.addTask { _ = try await channel.unary("/test.Echo/Echo", [1]) }
        }
        try await group.waitForAll()
      }
    }
  }

  // MARK: - Time

  func testAnIdleConnectionIsClosed() async throws {
    try await withListener {
      $0.maximumConnectionIdle = .milliseconds(200)
    } _: { _, port, _ in
      let peer = try greetedPeer(port)
      XCTAssertNotNil(peer.frame(.goAway))
      XCTAssertTrue(peer.isClosed(within: .seconds(10)))
    }
  }

  func testAConnectionWithACallIsNotIdle() async throws {
    let gate = Gate()
    try await withListener([waiting(gate)]) {
      $0.maximumConnectionIdle = .milliseconds(100)
    } _: { _, port, _ in
      let peer = try greetedPeer(port)
      peer.send(HTTP2Frame.call(stream: 1, path: "/test.Wait/Wait", []))
      XCTAssertNil(peer.frame(.goAway, within: .milliseconds(500)))
      gate.open()
      XCTAssertNotNil(peer.frame(.goAway))
    }
  }

  func testAnOldConnectionIsToldToEndAndEndsAfterTheGrace() async throws {
    let gate = Gate()
    try await withListener([waiting(gate)]) {
      $0.maximumConnectionAge = .milliseconds(200)
      $0.maximumConnectionAgeGrace = .milliseconds(200)
    } _: { _, port, _ in
      let peer = try greetedPeer(port)
      peer.send(HTTP2Frame.call(stream: 1, path: "/test.Wait/Wait", []))
      XCTAssertEqual(peer.frame(.goAway)?.goAwayCode, 0)
      XCTAssertTrue(peer.isClosed(within: .seconds(10)))
      gate.open()
    }
  }

  func testAPeerThatAnswersNoPingIsClosed() async throws {
    let gate = Gate()
    try await withListener([waiting(gate)]) {
      $0.keepaliveTime = .milliseconds(200)
      $0.keepaliveTimeout = .milliseconds(300)
    } _: { _, port, _ in
      let peer = try greetedPeer(port)
      peer.send(HTTP2Frame.call(stream: 1, path: "/test.Wait/Wait", []))
      XCTAssertNotNil(peer.frame(.ping))
      XCTAssertTrue(peer.isClosed(within: .seconds(10)))
      gate.open()
    }
  }

  func testTooManyPingsAreRefused() async throws {
    try await withListener {
      $0.maximumPingStrikes = 2
    } _: { _, port, _ in
      let peer = try greetedPeer(port)
      for _ in 0..<10 { peer.send(HTTP2Frame(.ping, [UInt8](repeating: 7, count: 8)).bytes) }
      // ENHANCE_YOUR_CALM.
      XCTAssertEqual(peer.frame(.goAway)?.goAwayCode, 11)
    }
  }

  func testAClientMayAskAsOftenAsTheIntervalWhileItsCallIsQuiet() async throws {
    let gate = Gate()
    try await withListener([waiting(gate)]) {
      $0.minimumPingInterval = .milliseconds(100)
    } _: { _, port, _ in
      let peer = try greetedPeer(port)
      peer.send(HTTP2Frame.call(stream: 1, path: "/test.Wait/Wait", []))
      for _ in 0..<10 {
        peer.send(HTTP2Frame(.ping, [UInt8](repeating: 7, count: 8)).bytes)
        XCTAssertNotNil(peer.frame(.ping))
        XCTAssertNil(peer.frame(.goAway, within: .milliseconds(95)))
      }
      gate.open()
      XCTAssertNotNil(peer.frame(.data, stream: 1))
    }
  }

  func testPingsAreAllowedWhenTheConfigurationSaysSo() async throws {
    try await withListener {
      $0.maximumPingStrikes = 0
    } _: { _, port, _ in
      let peer = try greetedPeer(port)
      for _ in 0..<10 {
        peer.send(HTTP2Frame(.ping, [UInt8](repeating: 7, count: 8)).bytes)
        XCTAssertNotNil(peer.frame(.ping))
      }
    }
  }

  func testBadLimitsAreClearErrors() {
    let mistakes: [(inout ServerConfiguration) -> Void] = [
      { $0.maximumConnections = 0 }, { $0.maximumConnectionIdle = .zero },
      { $0.maximumConnectionAge = .seconds(-1) }, { $0.keepaliveTime = .seconds(1 << 40) },
      { $0.maximumPingStrikes = -1 }, { $0.maximumMetadataSize = 0 },
      { $0.unixSocketMode = 0o1777 },
    ]
    for mistake in mistakes {
      var configuration = ServerConfiguration()
      mistake(&configuration)
      XCTAssertThrowsError(
        try GRPCServer(address: nil, services: [], configuration: configuration)
      ) { XCTAssertEqual(($0 as? ServerError)?.code, .invalidConfiguration) }
    }
  }

  // MARK: - Metadata

  func testTooMuchMetadataIsRefusedWithTheSettingsAcknowledgedOrNot() async throws {
    try await withListener {
      $0.maximumMetadataSize = 4096
    } _: { _, port, channel in
      // Core itself refuses who acknowledged its settings, and ends the connection soon after.
      for acknowledges in [true, false] {
        for size in [100, 5000, 3500, 70_000] {
          let peer = try acknowledges ? greetedPeer(port) : RawPeer(port: port)
          if !acknowledges { peer.send(HTTP2Frame.greeting) }
          let metadata = [("x-large", String(repeating: "m", count: size))]
          peer.send(
            HTTP2Frame.call(stream: 1, path: "/test.Echo/Echo", metadata: metadata, [1]))
          var ending: HTTP2Frame?
          repeat {
            ending = peer.frame(.headers, stream: 1)
          } while ending.map { $0.flags & HTTP2Frame.endStream == 0 } ?? false
          let isEnded = ending?.endsCall(with: size > 4096 ? 8 : 0)
          XCTAssertEqual(isEnded, true, "\(size) bytes, acknowledged: \(acknowledges)")
        }
      }
      let error = await failure {
        try await channel.unary(
          "/test.Echo/Echo", [1], metadata: ["x-large": String(repeating: "m", count: 5000)])
      }
      XCTAssertEqual(error?.code, .resourceExhausted)
    }
  }
}
