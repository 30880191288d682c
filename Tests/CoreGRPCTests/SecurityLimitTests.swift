import CoreGRPC
import TestSupport
import XCTest

/// The listener's limits, inside of TLS.
final class SecurityLimitTests: XCTestCase {
  func testTheServerComesBackAfterItRanOutOfDescriptors() async throws {
    let authority = try TestAuthority()
    let victim = try await VictimServer(descriptors: 64, identity: try authority.issue())
    for sendsHandshake in [false, true] {
      var peers: [RawPeer] = []
      for _ in 0..<200 {
        let peer = try RawPeer(port: victim.port)
        if sendsHandshake { peer.send([22, 3, 1, 2, 0]) }
        peers.append(peer)
      }
      let isExhausted = try await eventually { try victim.descriptorCount >= 64 }
      XCTAssertTrue(isExhausted)
      let begin = ContinuousClock.now
      peers = []
      let reply = try await callOnce(
        "localhost:\(victim.port)", .tls(authorities: authority.certificate))
      XCTAssertEqual(reply, "echo")
      XCTAssertLessThan(ContinuousClock.now - begin, .seconds(5))
    }
    try await victim.stop()
  }

  func testSilentPeersYieldTheirPlaces() async throws {
    let authority = try TestAuthority()
    var configuration = ServerConfiguration()
    configuration.maximumConnections = 3
    try await withSecureServer(.tls(try authority.issue()), configuration: configuration) {
      server, port in
      let silent = try (0..<10).map { _ in try RawPeer(port: port) }
      _ = try await callOnce(
        "localhost:\(port)", .tls(authorities: authority.certificate), timeout: .seconds(8))
      XCTAssertLessThanOrEqual(server.connectionCount, 3)
      withExtendedLifetime(silent) {}
    }
  }

  func testAPeerThatNeverAcknowledgesTheSettingsIsHeldToTheStreamLimit() async throws {
    let authority = try TestAuthority()
    let gate = Gate()
    let waiting = TestService(
      .unary("/test.Wait/Wait") { _, _ -> [UInt8] in
        await gate.wait()
        return []
      })
    var configuration = ServerConfiguration()
    configuration.maximumConcurrentStreams = 10
    try await withSecureServer(
      .tls(try authority.issue()), services: [waiting], configuration: configuration
    ) { _, port in
      let peer = try RawPeer.overTLS(port: port)
      peer.send(HTTP2Frame.greeting)
      for call in 0..<50 {
        peer.send(HTTP2Frame.call(stream: 2 * call + 1, path: "/test.Wait/Wait", []))
      }
      for _ in 0..<30 { XCTAssertEqual(peer.frame(.headers)?.endsCall(with: 8), true) }
      gate.open()
      for _ in 0..<20 { XCTAssertNotNil(peer.frame(.data)) }
    }
  }

  func testThePeerIsKnownByItsAddress() async throws {
    let authority = try TestAuthority()
    let peer = TestService(.unary("/test.Peer/Peer") { _, context in Array(context.peer.utf8) })
    for (host, prefix) in [("127.0.0.1", "ipv4:127.0.0.1:"), ("[::1]", "ipv6:[::1]:")] {
      try await withSecureServer(
        .tls(try authority.issue()), address: "\(host):0", services: [peer]
      ) { _, port in
        let seen = try await callOnce(
          "\(host):\(port)", .tls(authorities: authority.certificate), path: "/test.Peer/Peer")
        XCTAssertTrue(seen.hasPrefix(prefix), seen)
      }
    }
  }

  func testManyHandshakesAtOnceLeaveNothingBehind() async throws {
    let authority = try TestAuthority()
    let identity = try authority.issue()
    let security = GRPCChannel.Security.tls(authorities: authority.certificate)
    try await withSecureServer(.tls(identity)) { server, port in
      func round() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for _ in 0..<20 {
            group.addTask { _ = try await callOnce("localhost:\(port)", security) }
          }
          try await group.waitForAll()
        }
        let isEmpty = await eventually { server.connectionCount == 0 }
        XCTAssertTrue(isEmpty)
      }
      func descriptors() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
      }
      try await round()
      let before = try descriptors()
      for _ in 0..<5 { try await round() }
      let isBack = try await eventually { try descriptors() <= before + 3 }
      XCTAssertTrue(isBack)
    }
  }

  func testTheDescriptorLimitCanBeRaised() throws {
    var limits = rlimit()
    XCTAssertEqual(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits), 0)
    var before = limits
    defer { setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &before) }
    XCTAssertEqual(DescriptorLimit.raise(), Int(clamping: limits.rlim_max))
    XCTAssertEqual(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits), 0)
    XCTAssertEqual(limits.rlim_cur, limits.rlim_max)
  }
}
