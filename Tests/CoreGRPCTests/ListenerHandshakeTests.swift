import CoreGRPC
import TestSupport
import XCTest

/// What reaches the server before HTTP/2 does.
final class ListenerHandshakeTests: XCTestCase {
  private func withListener(
    handshakeTimeout: Int = 10_000, _ body: (GRPCServer, Int, GRPCChannel) async throws -> Void
  ) async throws {
    var configuration = ServerConfiguration()
    configuration.handshakeTimeoutMilliseconds = handshakeTimeout
    try await withServer([TestService.echo], over: .tcp, configuration: configuration) {
      server, channel in
      let port = await server.waitUntilStarted()
      try await body(server, try XCTUnwrap(port), channel)
    }
  }

  func testOtherBytesThanThePrefaceEndTheConnectionAtOnce() async throws {
    let wrong = [
      "X", "PRI * HTTP/1.1\r\n\r\n", "\u{16}\u{03}\u{01}\u{02}", "SSH-2.0-OpenSSH_9.2\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\t", String(repeating: "\0", count: 100_000),
    ]
    try await withListener { server, port, channel in
      for text in wrong {
        let peer = try RawPeer(port: port)
        peer.send(Array(text.utf8))
        XCTAssertTrue(peer.isClosed(within: .seconds(5)), "\(text.prefix(30))")
      }
      _ = try await channel.unary("/test.Echo/Echo", [1])
      XCTAssertEqual(server.connectionCount, 1)
    }
  }

  func testAnHTTP1ClientIsToldSo() async throws {
    try await withListener { _, port, _ in
      let peer = try RawPeer(port: port)
      peer.send(Array("GET / HTTP/1.1\r\nHost: test\r\n\r\n".utf8))
      let answer = try XCTUnwrap(peer.receive(within: .seconds(5)))
      XCTAssertTrue(String(decoding: answer, as: UTF8.self).hasPrefix("HTTP/1.1 400 "))
      XCTAssertTrue(peer.isClosed(within: .seconds(5)))
    }
  }

  func testThePrefaceMayComeInPieces() async throws {
    try await withListener { server, port, _ in
      let peer = try RawPeer(port: port)
      for byte in HTTP2Frame.preface { peer.send([byte]) }
      peer.send(HTTP2Frame(.settings).bytes + HTTP2Frame.settingsAcknowledgement)
      peer.send(HTTP2Frame.call(stream: 1, path: "/test.Echo/Echo", [1, 2, 3]))
      XCTAssertEqual(peer.frame(.data, stream: 1)?.payload, [0, 0, 0, 0, 3, 1, 2, 3])
      XCTAssertEqual(server.connectionCount, 1)
    }
  }

  func testWhoNeverFinishesThePrefaceIsClosedAtTheTimeout() async throws {
    try await withListener(handshakeTimeout: 300) { server, port, channel in
      let begin = ContinuousClock.now
      let silent = try RawPeer(port: port)
      let slow = try RawPeer(port: port)
      // A byte now and then does not buy time.
      let isRefused = await eventually {
        !slow.send([HTTP2Frame.preface[0]]) || slow.isClosed(within: .milliseconds(20))
      }
      XCTAssertTrue(isRefused)
      XCTAssertTrue(silent.isClosed(within: .seconds(5)))
      XCTAssertGreaterThanOrEqual(ContinuousClock.now - begin, .milliseconds(290))
      _ = try await channel.unary("/test.Echo/Echo", [1])
      XCTAssertEqual(server.connectionCount, 1)
    }
  }

  func testHalfAPrefaceAndTheEndIsTheEnd() async throws {
    try await withListener { server, port, _ in
      let peer = try RawPeer(port: port)
      peer.send(Array(HTTP2Frame.preface.prefix(10)))
      peer.finishSending()
      XCTAssertTrue(peer.isClosed(within: .seconds(5)))
      XCTAssertEqual(server.connectionCount, 0)
    }
  }

  func testAConnectionThatIsResetAtOnceIsNoHarm() async throws {
    try await withListener { server, port, channel in
      for length in 0..<HTTP2Frame.greeting.count {
        let peer = try RawPeer(port: port)
        peer.resetAtEnd()
        peer.send(Array(HTTP2Frame.greeting.prefix(length)))
      }
      _ = try await channel.unary("/test.Echo/Echo", [1])
      let isAlone = await eventually { server.connectionCount == 1 }
      XCTAssertTrue(isAlone, "\(server.connectionCount)")
    }
  }

  func testDrainingClosesWhoIsInTheHandshakeAndThePort() async throws {
    try await withListener { server, port, _ in
      let waiting = try RawPeer(port: port)
      let isAccepted = await eventually { server.connectionCount == 1 }
      XCTAssertTrue(isAccepted)
      server.stop()
      XCTAssertTrue(waiting.isClosed(within: .seconds(5)))
      XCTAssertThrowsError(try RawPeer(port: port)) {
        XCTAssertEqual(($0 as? RawPeer.Failure)?.problem, ECONNREFUSED)
      }
    }
  }
}
