import CoreGRPC
import TestSupport
import XCTest

/// Clients that show who they are.
final class SecurityIdentityTests: XCTestCase {
  /// Answers with the identity of the caller.
  private let whoAmI = TestService(
    .unary("/test.Who/AmI") { _, context in
      guard let identity = context.peerIdentity else { return Array("nobody".utf8) }
      let parts = [
        [identity.commonName ?? "-"], identity.dnsNames, identity.uris, identity.emailAddresses,
        identity.ipAddresses,
      ]
      return Array(parts.map { $0.joined(separator: ",") }.joined(separator: "|").utf8)
    })

  private let names =
    "DNS:a.example,DNS:*.b.example,URI:spiffe://example/jobs,email:jobs@example.org,IP:10.1.2.3"

  private func asking(
    _ clientCertificates: GRPCServer.ClientCertificates, of authority: TestAuthority,
    _ body: (_ ask: (TestAuthority.Identity?) async throws -> String) async throws -> Void
  ) async throws {
    let security = GRPCServer.Security.tls(
      try authority.issue(), clientCertificates: clientCertificates)
    try await withSecureServer(security, services: [whoAmI]) { _, port in
      try await body { identity in
        let certificate = identity.map {
          GRPCChannel.ClientCertificate(certificateChain: $0.chain, privateKey: $0.key)
        }
        return try await callOnce(
          "localhost:\(port)",
          .tls(authorities: authority.certificate, clientCertificate: certificate),
          path: "/test.Who/AmI")
      }
    }
  }

  func testARequiredCertificateIsRequired() async throws {
    let authority = try TestAuthority()
    let stranger = try TestAuthority()
    try await asking(.required(authorities: authority.certificate), of: authority) { ask in
      let known = try await ask(try authority.issue("/O=Jobs/CN=client 7", names: names))
      XCTAssertEqual(
        known,
        "client 7|a.example,*.b.example|spiffe://example/jobs|jobs@example.org|10.1.2.3")
      let without = await failure { try await ask(nil) }
      XCTAssertEqual(without?.code, .unavailable)
      let foreign = await failure { try await ask(try stranger.issue("/CN=client 7")) }
      XCTAssertEqual(foreign?.code, .unavailable)
    }
  }

  func testAnOptionalCertificateIsOptionalButNeverUnverified() async throws {
    let authority = try TestAuthority()
    let stranger = try TestAuthority()
    try await asking(.optional(authorities: authority.certificate), of: authority) { ask in
      let known = try await ask(try authority.issue("/CN=client 8", names: nil))
      XCTAssertEqual(known, "client 8||||")
      let without = try await ask(nil)
      XCTAssertEqual(without, "nobody")
      let foreign = await failure { try await ask(try stranger.issue("/CN=client 8")) }
      XCTAssertEqual(foreign?.code, .unavailable)
    }
  }

  func testAClientWhoseCertificateExpiredIsRefused() async throws {
    let authority = try TestAuthority()
    let expired = try authority.issue(
      "/CN=late", from: "20200101000000Z", until: "20210101000000Z")
    let security = GRPCServer.Security.tls(
      try authority.issue(), clientCertificates: .required(authorities: authority.certificate))
    try await withSecureServer(security, services: [whoAmI]) { _, port in
      // Our own channel would not even be made with it.
      for (identity, isServed) in [(expired, false), (try authority.issue(), true)] {
        let peer = try RawPeer.overTLS(
          port: port, ["-alpn", "h2", "-cert", identity.chain, "-key", identity.key])
        peer.send(HTTP2Frame.greeting)
        XCTAssertEqual(peer.frame(.settings) != nil, isServed)
      }
    }
  }

  func testACertificateThatNobodyAskedForIsNoIdentity() async throws {
    let authority = try TestAuthority()
    try await asking(.none, of: authority) { ask in
      let known = try await ask(try authority.issue("/CN=client 9"))
      XCTAssertEqual(known, "nobody")
    }
  }

  func testACertificateWithoutAnyNameIsAnIdentityAllTheSame() async throws {
    let authority = try TestAuthority()
    try await asking(.required(authorities: authority.certificate), of: authority) { ask in
      let known = try await ask(try authority.issue("/O=Nameless", names: nil))
      XCTAssertEqual(known, "-||||")
    }
  }

  func testPlaintextAndInProcessCallsHaveNoIdentity() async throws {
    for transport in Transport.allCases {
      try await withServer([whoAmI], over: transport) { _, channel in
        let reply = try await channel.unary("/test.Who/AmI", [UInt8]())
        XCTAssertEqual(String(decoding: reply.message, as: UTF8.self), "nobody")
      }
    }
  }
}
