import CoreGRPC
import Foundation
import TestSupport
import XCTest

/// The worst of the floods inside of TLS, and behind HAProxy.
final class EncryptedFloodTests: AttackTestCase {
  /// Sends the floods to a port until they are refused, or so many bytes of each.
  private func floods(
    _ transport: String, on server: AttackedServer, port: Int, upTo limit: Int, mustEnd: Bool
  ) async throws {
    let settings = [[UInt8]](repeating: Self.settings, count: 1000).flatMap { $0 }
    let floods = [Self.endlessFields, (begin: [], burst: settings), Self.endlessString]
    try await attack(
      "header blocks, SETTINGS and a dripped header string, \(transport)",
      on: server, memoryBound: Self.oneConnection
    ) { server in
      for flood in floods {
        let peer = try RawPeer.overTLS(port: port)
        peer.send(HTTP2Frame.greeting + HTTP2Frame.settingsAcknowledgement + flood.begin)
        let sent = Self.flood(peer, with: flood.burst, upTo: limit)
        if mustEnd { XCTAssertLessThan(sent, 16 << 20) }
      }
    }
  }

  func testFloodsInsideOfTLS() async throws {
    let authority = try TestAuthority()
    let identity = try authority.issue()
    let server = try await AttackedServer(
      ["--tls-certificate-chain", identity.chain, "--tls-private-key", identity.key],
      authority: authority.certificate)
    try await floods(
      "over TLS", on: server, port: server.port, upTo: 130 << 20, mustEnd: true)
  }

  /// What HAProxy takes of them it does not pass on.
  func testFloodsBehindHAProxy() async throws {
    let server = try await AttackedServer()
    let authority = try TestAuthority()
    let proxy = try await ProxyProcess(
      of: server.port, showing: try authority.issue(), in: server.folder)
    try await floods(
      "behind HAProxy", on: server, port: proxy.port, upTo: Soak.count(2 << 20, long: 64 << 20),
      mustEnd: false)
  }
}
