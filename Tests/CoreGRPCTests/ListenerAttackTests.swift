import CoreGRPC
import Foundation
import TestSupport
import XCTest

/// Peers that mean harm, against a server in a process of its own, while a good client is served.
final class ListenerAttackTests: AttackTestCase {
  func testTheServerComesBackAfterItRanOutOfDescriptors() async throws {
    let victim = try await VictimServer(descriptors: 64)
    for sendsPreface in [false, true] {
      var peers: [RawPeer] = []
      for _ in 0..<200 {
        let peer = try RawPeer(port: victim.port)
        if sendsPreface { peer.send(HTTP2Frame.greeting) }
        peers.append(peer)
      }
      let isExhausted = try await eventually { try victim.descriptorCount >= 64 }
      XCTAssertTrue(isExhausted)
      // It waits without spinning.
      let before = try victim.processorSeconds
      let begin = ContinuousClock.now
      XCTAssertNil(peers.last?.frame(.settings, within: .milliseconds(500)))
      XCTAssertGreaterThanOrEqual(ContinuousClock.now - begin, .milliseconds(500))
      let spent = try victim.processorSeconds - before
      if !isSanitized { XCTAssertLessThan(spent, 0.1) }
      peers = []
      // A new connection: the one of the good client might have survived.
      let channel = try GRPCChannel(plaintextTarget: "127.0.0.1:\(victim.port)")
      try await assertServed(channel)
      await channel.close()
    }
    try await victim.stop()
  }

  func testSlowPrefacesDoNotHoldUpOthersAndEnd() async throws {
    let victim = try await VictimServer(handshakeMilliseconds: 1500)
    try await attacking(victim, memoryBound: 200 << 20) { channel in
      let resting = try victim.descriptorCount
      var peers = try (0..<500).map { _ in try RawPeer(port: victim.port) }
      for index in 0..<23 {
        for peer in peers { peer.send([HTTP2Frame.preface[index]], within: .seconds(1)) }
        try await assertServed(channel)
      }
      let areClosed = try await eventually { try victim.descriptorCount <= resting }
      XCTAssertTrue(areClosed)
      for peer in peers { XCTAssertTrue(peer.isClosed(within: .seconds(5))) }
      peers = []
    }
  }

  func testPeersThatNeverReadTheirRepliesAreEndedAndOthersServed() async throws {
    let victim = try await VictimServer(keepaliveMilliseconds: 1000)
    // A hundred replies of 1 MB on each of three connections, as large a window as there is.
    try await attacking(victim, memoryBound: 600 << 20) { channel in
      let resting = try victim.descriptorCount
      let peers = try (0..<3).map { _ in
        let peer = try RawPeer(port: victim.port)
        peer.send(HTTP2Frame.preface + HTTP2Frame.settings([(4, 0x7fff_ffff)]))
        peer.send(HTTP2Frame.windowUpdate(stream: 0, by: 0x7fff_ffff - 65_535))
        for call in 0..<100 {
          peer.send(HTTP2Frame.call(stream: 2 * call + 1, path: "/test.Large/Large", []))
        }
        return peer
      }
      for _ in 0..<20 { try await assertServed(channel) }
      let areEnded = try await eventually { try victim.descriptorCount <= resting }
      XCTAssertTrue(areEnded)
      withExtendedLifetime(peers) {}
    }
  }

  func testSettingsNeverAcknowledgedAndMuchMetadata() async throws {
    let victim = try await VictimServer()
    try await attacking(victim, memoryBound: 300 << 20) { channel in
      let peer = try RawPeer(port: victim.port)
      peer.send(HTTP2Frame.greeting)
      let metadata = [("x-large", String(repeating: "m", count: 70_000))]
      for call in 0..<300 * factor {
        let stream = 2 * call + 1
        peer.send(
          HTTP2Frame.call(stream: stream, path: "/test.Echo/Echo", metadata: metadata, [1]))
        let ending = peer.frame(.headers, stream: stream)
        XCTAssertEqual(ending?.endsCall(with: 8), true)
      }
    }
  }

  func testRapidResets() async throws {
    let victim = try await VictimServer()
    try await attacking(victim, memoryBound: 200 << 20) { channel in
      let block = HTTP2Frame.callHeaders(path: "/test.Echo/Echo")
      let total = isSanitized ? 5000 : 50_000 * factor
      var peer = try RawPeer(port: victim.port)
      peer.send(HTTP2Frame.greeting)
      var sent = 0
      var stream = 1
      while sent < total {
        var burst: [UInt8] = []
        for _ in 0..<500 {
          burst += HTTP2Frame.headers(stream: stream, block) + HTTP2Frame.reset(stream: stream)
          stream += 2
        }
        sent += 500
        if !peer.send(burst, dropsReplies: true) {
          // The server may end such a connection: the next one goes on.
          peer = try RawPeer(port: victim.port)
          peer.send(HTTP2Frame.greeting)
          stream = 1
        }
        if sent % 5000 == 0 { try await assertServed(channel, within: .seconds(10)) }
      }
    }
  }
}
