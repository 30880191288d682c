import CoreGRPC
import Foundation
import TestSupport
import XCTest

/// Tests that attack a server in a process of its own, while a good client is served.
class AttackTestCase: XCTestCase {
  /// Attacks last that many times longer: set ATTACK_FACTOR to try.
  let factor = ProcessInfo.processInfo.environment["ATTACK_FACTOR"].flatMap { Int($0) } ?? 1

  /// Runs `attack` on a fresh server and says what the server used.
  func attacking(
    _ victim: VictimServer, memoryBound: Int, name: String = #function,
    _ attack: (GRPCChannel) async throws -> Void
  ) async throws {
    let channel = try GRPCChannel(plaintextTarget: "127.0.0.1:\(victim.port)")
    do {
      try await assertServed(channel)
      try await attack(channel)
      try await assertServed(channel)
    } catch {
      await channel.close()
      throw error
    }
    await channel.close()
    let peak = try victim.peakMemory
    print("\(name): \(peak >> 20) MB at the peak, \(try victim.processorSeconds) s of processor")
    if !isSanitized { XCTAssertLessThan(peak, memoryBound) }
    try await victim.stop()
  }

  func assertServed(
    _ channel: GRPCChannel, within time: Duration = .seconds(5), file: StaticString = #filePath,
    line: UInt = #line
  ) async throws {
    let reply = try await channel.unary(
      "/test.Echo/Echo", [1, 2, 3], timeout: time, waitsForReady: true)
    XCTAssertEqual(reply.message, [1, 2, 3], file: file, line: line)
  }
}
