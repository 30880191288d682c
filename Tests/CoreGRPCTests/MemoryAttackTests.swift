import CoreGRPC
import Foundation
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

  /// Core holds a peer to the limit of streams only once it acknowledged it, and reads ahead of the
  /// refusals: about 12 KB for each of the 20,000 calls.
  func testCallsThatNeverGetTheirMessage() async throws {
    let victim = try await VictimServer(countsUnfinishedRequests: true)
    try await attacking(victim, memoryBound: 400 << 20) { channel in
      let block = HTTP2Frame.callHeaders(path: "/test.Echo/Echo")
      let peer = try RawPeer(port: victim.port)
      peer.send(HTTP2Frame.greeting)
      var stream = 1
      for _ in 0..<40 * factor {
        var burst: [UInt8] = []
        for _ in 0..<500 {
          burst += HTTP2Frame.headers(stream: stream, block)
          stream += 2
        }
        guard peer.send(burst, dropsReplies: true) else { break }
      }
      // It takes its turn behind so many refusals.
      try await assertServed(channel, within: .seconds(60))
      withExtendedLifetime(peer) {}
    }
  }
}
