import CoreGRPC
import Foundation
import TestSupport
import XCTest

/// Frames that come before a call exists, without credentials.
final class FrameFloodTests: AttackTestCase {
  func testHeaderBlocksWithoutAnEnd() async throws {
    let server = try await AttackedServer()
    try await attack(
      "130 MB of tiny header fields in CONTINUATION frames", on: server,
      memoryBound: Self.oneConnection
    ) { server in
      for acknowledges in [true, false] {
        let peer = try Self.peer(of: server, acknowledges: acknowledges)
        peer.send(Self.endlessFields.begin)
        let sent = Self.flood(peer, with: Self.endlessFields.burst, upTo: 130 << 20)
        XCTAssertLessThan(sent, 8 << 20)
      }
    }
  }

  func testAHeaderStringThatIsAnnouncedAsAGigabyte() async throws {
    let server = try await AttackedServer()
    let count = Soak.count(3000, long: 60_000)
    try await attack(
      "a header string announced as 1 GB, dripped in small frames", on: server,
      memoryBound: Self.oneConnection
    ) { server in
      let peer = try Self.peer(of: server)
      peer.send(Self.endlessString.begin)
      var isTaken = true
      for _ in 0..<count where isTaken {
        isTaken = peer.send(Self.endlessString.burst, dropsReplies: true)
      }
      XCTAssertFalse(isTaken)
    }
  }

  /// Every kind of frame that carries nothing, at full speed, whether its answers are read or not.
  func testFramesThatCarryNothing() async throws {
    let acknowledgement = HTTP2Frame.settingsAcknowledgement
    let floods: [(name: String, frame: [UInt8])] = [
      ("SETTINGS", Self.settings),
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
      try Self.make(limit, callsOn: server, inBurstsOf: 100) { stream in
        HTTP2Frame.headers(stream: stream, Self.block) + HTTP2Frame.reset(stream: stream)
      }
    }
  }
}
