import CoreGRPC
import Foundation
import TestSupport
import XCTest

/// The worst of the floods inside of TLS, and behind HAProxy.
final class EncryptedFloodTests: AttackTestCase {
  private func floods(
    _ transport: String, on server: AttackedServer
  ) async throws {
    let block = HTTP2Frame.callHeaders(path: Self.jobService + "List")
    let fields = [[UInt8]](repeating: [0, 1, 0x61, 1, 0x62], count: 3200).flatMap { $0 }
    let settings = [[UInt8]](repeating: HTTP2Frame.settings([(4, 65_535)]), count: 1000)
    let drop = HTTP2Frame(.continuation, stream: 1, [UInt8](repeating: 0x61, count: 100)).bytes
    let announcement: [UInt8] = [0, 0x7f, 0x81, 0xff, 0xff, 0xff, 0x03]
    let floods: [(begin: [UInt8], burst: [UInt8])] = [
      (
        HTTP2Frame(.headers, stream: 1, block).bytes,
        HTTP2Frame(.continuation, stream: 1, fields).bytes
      ),
      ([], settings.flatMap { $0 }),
      (HTTP2Frame(.headers, stream: 1, block + announcement).bytes, drop),
    ]
    try await attack(
      "header blocks, SETTINGS and a dripped header string, \(transport)",
      on: server, memoryBound: Self.oneConnection
    ) { server in
      for flood in floods {
        let peer = try RawPeer.overTLS(port: server.port)
        peer.send(HTTP2Frame.greeting + HTTP2Frame.settingsAcknowledgement + flood.begin)
        let sent = Self.flood(peer, with: flood.burst, upTo: 130 << 20)
        XCTAssertLessThan(sent, 16 << 20)
      }
    }
  }

  func testFloodsInsideOfTLS() async throws {
    let authority = try TestAuthority()
    let identity = try authority.issue()
    let server = try await AttackedServer(
      ["--tls-certificate-chain", identity.chain, "--tls-private-key", identity.key],
      authority: authority.certificate)
    try await floods("over TLS", on: server)
  }
}
