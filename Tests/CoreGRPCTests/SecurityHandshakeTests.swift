import CoreGRPC
import TestSupport
import XCTest

/// What is agreed on before the first call, and what becomes of those who do not agree.
final class SecurityHandshakeTests: XCTestCase {
  private func serving(
    configuration: ServerConfiguration = .init(),
    _ body: (TestAuthority, GRPCServer, Int) async throws -> Void
  ) async throws {
    let authority = try TestAuthority()
    try await withSecureServer(.tls(try authority.issue()), configuration: configuration) {
      server, port in
      try await body(authority, server, port)
    }
  }

  func testCallsWorkOverTLS() async throws {
    try await serving { authority, server, port in
      for host in ["localhost", "127.0.0.1"] {
        let reply = try await callOnce(
          "\(host):\(port)", .tls(authorities: authority.certificate))
        XCTAssertEqual(reply, "echo")
      }
      let isEmpty = await eventually { server.connectionCount == 0 }
      XCTAssertTrue(isEmpty)
    }
  }

  func testVersionsOneTwoAndOneThreeWork() async throws {
    try await serving { authority, _, port in
      for (option, name) in [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")] {
        let said = try handshake(
          port: port, [option, "-alpn", "h2", "-CAfile", authority.certificate])
        XCTAssertTrue(said.contains("New, \(name), Cipher is"), said)
        XCTAssertTrue(said.contains("Verification: OK"), said)
        XCTAssertTrue(said.contains("ALPN protocol: h2"), said)
      }
    }
  }

  func testOlderVersionsAreRefused() async throws {
    try await serving { _, _, port in
      // At security level 0 the client itself would speak the older ones.
      for (option, isServed) in [("-tls1", false), ("-tls1_1", false), ("-tls1_2", true)] {
        let said = try handshake(
          port: port, [option, "-cipher", "DEFAULT@SECLEVEL=0", "-alpn", "h2"])
        XCTAssertEqual(said.contains("unexpected eof while reading"), !isServed, said)
        XCTAssertEqual(said.contains("Cipher is (NONE)"), !isServed, said)
      }
    }
  }

  func testAClientThatDoesNotAgreeOnHTTP2IsClosed() async throws {
    try await serving { _, server, port in
      for arguments in [[], ["-alpn", "http/1.1"]] {
        let peer = try RawPeer.overTLS(port: port, arguments)
        XCTAssertTrue(peer.isClosed(within: .seconds(10)))
      }
      let isEmpty = await eventually { server.connectionCount == 0 }
      XCTAssertTrue(isEmpty)
    }
  }

  func testAPeerInsideOfTLSIsServed() async throws {
    try await serving { _, _, port in
      let peer = try RawPeer.overTLS(port: port)
      peer.send(HTTP2Frame.greeting)
      peer.send(HTTP2Frame.call(stream: 1, path: "/test.Echo/Echo", [1]))
      XCTAssertNotNil(peer.frame(.data, stream: 1))
    }
  }

  func testAPlaintextClientIsRefusedAndTold() async throws {
    try await serving { authority, _, port in
      let error = await failure {
        let channel = try GRPCChannel(plaintextTarget: "127.0.0.1:\(port)")
        defer { Task { await channel.close() } }
        _ = try await channel.unary("/test.Echo/Echo", [1], timeout: .seconds(10))
      }
      XCTAssertEqual(error?.code, .unavailable)
      let peer = try RawPeer(port: port)
      peer.send(Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
      let answer = peer.receive(within: .seconds(10)) ?? []
      XCTAssertTrue(String(decoding: answer, as: UTF8.self).hasPrefix("HTTP/1.1 400"))
      _ = try await callOnce("localhost:\(port)", .tls(authorities: authority.certificate))
    }
  }

  func testAClientRefusesAnAuthorityThatItDoesNotKnow() async throws {
    try await serving { _, _, port in
      let stranger = try TestAuthority(commonName: "Stranger")
      for authorities in [stranger.certificate, nil] {
        let error = await failure {
          try await callOnce("localhost:\(port)", .tls(authorities: authorities))
        }
        XCTAssertEqual(error?.code, .unavailable)
      }
    }
  }

  func testAClientRefusesAnotherHostsCertificateUnlessToldItsName() async throws {
    let authority = try TestAuthority()
    let identity = try authority.issue("/CN=jobs.example", names: "DNS:jobs.example")
    try await withSecureServer(.tls(identity)) { _, port in
      let error = await failure {
        try await callOnce("localhost:\(port)", .tls(authorities: authority.certificate))
      }
      XCTAssertEqual(error?.code, .unavailable)
      let reply = try await callOnce(
        "localhost:\(port)",
        .tls(authorities: authority.certificate, serverName: "jobs.example"))
      XCTAssertEqual(reply, "echo")
    }
  }

  func testTheHandshakeTimeoutHoldsAtEveryStage() async throws {
    var configuration = ServerConfiguration()
    configuration.handshakeTimeoutMilliseconds = 400
    try await serving(configuration: configuration) { _, server, port in
      // Silent; a handshake record that does not come to its end; TLS, and then no HTTP/2.
      let silent = try RawPeer(port: port)
      let halting = try RawPeer(port: port)
      halting.send([22, 3, 1, 2, 0, 1])
      let mute = try RawPeer.overTLS(port: port)
      for peer in [silent, halting, mute] {
        XCTAssertTrue(peer.isClosed(within: .seconds(10)))
      }
      let isEmpty = await eventually { server.connectionCount == 0 }
      XCTAssertTrue(isEmpty)
    }
  }

  func testGarbageInsteadOfAHandshakeIsClosedAndHarmsNobody() async throws {
    try await serving { authority, _, port in
      for size in [1, 5, 100, 20_000] {
        for _ in 0..<20 {
          let peer = try RawPeer(port: port)
          peer.send([22] + (0..<size).map { _ in UInt8.random(in: 0...255) })
          peer.finishSending()
          XCTAssertTrue(peer.isClosed(within: .seconds(15)))
        }
      }
      _ = try await callOnce("localhost:\(port)", .tls(authorities: authority.certificate))
    }
  }

  func testTheSamePortServesAgainAtOnceAfterAStop() async throws {
    let authority = try TestAuthority()
    let identity = try authority.issue()
    var port = 0
    for _ in 0..<5 {
      try await withSecureServer(.tls(identity), address: "127.0.0.1:\(port)") { _, bound in
        port = bound
        let reply = try await callOnce(
          "localhost:\(port)", .tls(authorities: authority.certificate))
        XCTAssertEqual(reply, "echo")
      }
    }
  }

  func testTLSOverAUnixSocket() async throws {
    let authority = try TestAuthority()
    let socket = authority.file("tls.sock")
    try await withSecureServer(.tls(try authority.issue()), address: "unix:\(socket)") { _, _ in
      let mode = try FileManager.default.attributesOfItem(atPath: socket)[.posixPermissions]
      XCTAssertEqual(mode as? Int, 0o600)
      let reply = try await callOnce(
        "unix:\(socket)", .tls(authorities: authority.certificate, serverName: "localhost"))
      XCTAssertEqual(reply, "echo")
    }
    XCTAssertFalse(FileManager.default.fileExists(atPath: socket))
  }
}
