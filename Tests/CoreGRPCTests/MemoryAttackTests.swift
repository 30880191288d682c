import CoreGRPC
import Foundation
import TestSupport
import XCTest

/// Peers that want the server's memory.
final class MemoryAttackTests: AttackTestCase {
  /// What `gzip` makes of so many zeros.
  private func bomb(ofSize size: Int) throws -> [UInt8] {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "head -c \(size) /dev/zero | gzip -9"]
    process.standardOutput = output
    try process.run()
    let bytes = [UInt8](output.fileHandleForReading.readDataToEndOfFile())
    process.waitUntilExit()
    return bytes
  }

  func testACompressedMessageThatBecomesThreeHundredMegabytes() async throws {
    let body = try bomb(ofSize: 300 << 20)
    let victim = try await VictimServer()
    try await attacking(victim, memoryBound: 100 << 20) { channel in
      for _ in 0..<3 * factor {
        let before = try victim.peakMemory
        let peer = try RawPeer(port: victim.port)
        peer.send(HTTP2Frame.greeting)
        peer.send(
          HTTP2Frame.headers(
            stream: 1,
            HTTP2Frame.callHeaders(
              path: "/test.Echo/Echo", metadata: [("grpc-encoding", "gzip")])))
        let isSent = peer.sendBody([1] + HTTP2Frame.bigEndian(body.count) + body, stream: 1)
        XCTAssertTrue(isSent)
        XCTAssertEqual(peer.frame(.headers, stream: 1)?.endsCall(with: 8), true)
        // The limit of requests, twice while the buffer grows, and what the process needs anyway.
        if !isSanitized { XCTAssertLessThan(try victim.peakMemory - before, 16 << 20) }
      }
    }
  }

  func testManyCallsAtOnce() async throws {
    let count = Soak.count(10_000, long: 100_000)
    let victim = try await VictimServer()
    try await attacking(victim, memoryBound: 150 << 20) { channel in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<count {
          group.addTask { _ = try await channel.unary("/test.Echo/Echo", [1]) }
        }
        try await group.waitForAll()
      }
    }
  }

  /// Core holds a peer to the limit of streams only once it acknowledged it, and tells of a call when
  /// its request has arrived: each that has only begun takes some 12 KB.
  func testCallsThatNeverGetTheirMessage() async throws {
    let block = HTTP2Frame.callHeaders(path: "/test.Echo/Echo")
    for countsUnfinishedRequests in [false, true] {
      let victim = try await VictimServer(countsUnfinishedRequests: countsUnfinishedRequests)
      try await attacking(victim, memoryBound: 120 << 20) { channel in
        let peer = try RawPeer(port: victim.port)
        peer.send(HTTP2Frame.greeting)
        var isTaken = true
        var stream = 1
        while isTaken, stream < 400_000 {
          var burst: [UInt8] = []
          for _ in 0..<500 {
            burst += HTTP2Frame.headers(stream: stream, block)
            stream += 2
          }
          isTaken = peer.send(burst, dropsReplies: true)
        }
        print("half calls: \(stream / 2) sent")
        XCTAssertFalse(isTaken, "the connection is not ended")
        try await assertServed(channel)
      }
    }
  }
}
