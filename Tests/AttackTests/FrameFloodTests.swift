import CoreGRPC
import Foundation
import TestSupport
import XCTest

/// Frames that come before a call exists, without credentials.
final class FrameFloodTests: AttackTestCase {
  private static let block = HTTP2Frame.callHeaders(path: jobService + "List")

  /// Header fields in CONTINUATION frames, none of which ends the block (CVE-2023-33953).
  func testHeaderBlocksWithoutAnEnd() async throws {
    let server = try await AttackedServer()
    try await attack(
      "130 MB of tiny header fields in CONTINUATION frames", on: server,
      memoryBound: Self.oneConnection
    ) { server in
      // "a: b" without indexing, as often as a frame holds it.
      let fields = [[UInt8]](repeating: [0, 1, 0x61, 1, 0x62], count: 3200).flatMap { $0 }
      let continuation = HTTP2Frame(.continuation, stream: 1, fields).bytes
      for acknowledges in [true, false] {
        let peer = try Self.peer(of: server, acknowledges: acknowledges)
        peer.send(HTTP2Frame(.headers, stream: 1, Self.block).bytes)
        let sent = Self.flood(peer, with: continuation, upTo: 130 << 20)
        XCTAssertLessThan(sent, 8 << 20)
      }
    }
  }

  /// Core looks again at all that came of a string whenever there is more of it.
  func testAHeaderStringThatIsAnnouncedAsAGigabyte() async throws {
    let server = try await AttackedServer()
    let count = Soak.count(3000, long: 60_000)
    try await attack(
      "a header string announced as 1 GB, dripped in small frames", on: server,
      memoryBound: Self.oneConnection
    ) { server in
      let peer = try Self.peer(of: server)
      // A literal whose name has 2^30 bytes (RFC 7541 §5.1).
      let announcement: [UInt8] = [0, 0x7f, 0x81, 0xff, 0xff, 0xff, 0x03]
      peer.send(HTTP2Frame(.headers, stream: 1, Self.block + announcement).bytes)
      let drop = HTTP2Frame(.continuation, stream: 1, [UInt8](repeating: 0x61, count: 100)).bytes
      var isTaken = true
      for _ in 0..<count where isTaken { isTaken = peer.send(drop, dropsReplies: true) }
      XCTAssertFalse(isTaken)
    }
  }

  /// Every kind of frame that carries nothing, at full speed, whether its answers are read or not.
  func testFramesThatCarryNothing() async throws {
    let acknowledgement = HTTP2Frame.settingsAcknowledgement
    let floods: [(name: String, frame: [UInt8])] = [
      ("SETTINGS", HTTP2Frame.settings([(4, 65_535)])),
      ("SETTINGS with ACK", acknowledgement),
      ("PING", HTTP2Frame(.ping, [UInt8](repeating: 7, count: 8)).bytes),
      ("empty DATA", HTTP2Frame(.data, stream: 1).bytes),
      ("DATA of one byte", HTTP2Frame(.data, stream: 1, [0]).bytes),
      ("WINDOW_UPDATE", HTTP2Frame.windowUpdate(stream: 0, by: 1)),
      ("RST_STREAM", HTTP2Frame.reset(stream: 1)),
      ("PRIORITY", [0, 0, 5, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]),
      ("unknown frames", [0, 0, 1, 0xbe, 0, 0, 0, 0, 1, 0]),
    ]
    for (name, frame) in floods {
      let server = try await AttackedServer()
      let limit = Soak.count(16 << 20, long: 64 << 20)
      try await attack(
        "\(name) at full speed, read and unread", on: server, memoryBound: Self.oneConnection
      ) { server in
        let burst = [[UInt8]](repeating: frame, count: 2000).flatMap { $0 }
        for reads in [true, false] {
          let peer = try Self.peer(of: server, receiveBuffer: reads ? nil : 4096)
          if name.contains("DATA") { peer.send(HTTP2Frame.headers(stream: 1, Self.block)) }
          let sent = Self.flood(peer, with: burst, upTo: limit, reads: reads)
          XCTAssertLessThan(sent, limit, "\(name): the connection is not ended")
        }
      }
    }
  }

  func testRapidResets() async throws {
    let server = try await AttackedServer()
    let limit = Soak.count(10_000, long: 100_000)
    try await attack(
      "\(limit) calls reset at once", on: server, memoryBound: Self.oneConnection
    ) { server in
      var sent = 0
      while sent < limit {
        let peer = try Self.peer(of: server)
        var stream = 1
        var isTaken = true
        while isTaken, sent < limit {
          var burst: [UInt8] = []
          for _ in 0..<100 {
            burst +=
              HTTP2Frame.headers(stream: stream, Self.block) + HTTP2Frame.reset(stream: stream)
            stream += 2
          }
          sent += 100
          isTaken = peer.send(burst, dropsReplies: true)
        }
      }
    }
  }
}
