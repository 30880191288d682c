import CoreGRPC
import Foundation
import JobClient
import TestSupport
import XCTest

/// Attacks on the built server, by peers that say whatever they want; they end by themselves.
class AttackTestCase: XCTestCase {
  /// For whatever comes on one connection, with default settings.
  static let oneConnection = 128 << 20
  /// For what comes on many: the server's budget, and 64 MB.
  static let manyConnections = 576 << 20

  static let jobService = "/yandex.cloud.datasphere.v2.jobs.ProjectJobService/"

  /// Makes the attack, checks what it cost, and prints a row for the table.
  @discardableResult
  func attack(
    _ what: String, on server: AttackedServer, memoryBound: Int,
    file: StaticString = #filePath, line: UInt = #line,
    _ attack: @escaping @Sendable (AttackedServer) async throws -> Void
  ) async throws -> AttackedServer.Cost {
    let cost = try await server.cost(file: file, line: line, of: attack)
    let milliseconds = Int(cost.slowest / .milliseconds(1))
    print("| \(what) | \(max(0, cost.memory) >> 20) MB | \(milliseconds) ms |")
    if !isSanitized {
      XCTAssertLessThan(cost.memory, memoryBound, what, file: file, line: line)
      // In short runs the machine has other things to do, and answers within their deadline will do.
      if Soak.isOn {
        XCTAssertLessThan(cost.slowest, .milliseconds(500), what, file: file, line: line)
      }
    }
    XCTAssertGreaterThan(cost.answers, 0, what, file: file, line: line)
    return cost
  }

  /// A peer that has said hello; it never acknowledges the server's settings by itself.
  static func peer(
    of server: AttackedServer, acknowledges: Bool = true, receiveBuffer: Int32? = nil
  ) throws -> RawPeer {
    let peer = try RawPeer(port: server.port, receiveBuffer: receiveBuffer)
    peer.send(HTTP2Frame.greeting)
    if acknowledges { peer.send(HTTP2Frame.settingsAcknowledgement) }
    return peer
  }

  /// Sends the burst again and again, reading what comes back or not; how many bytes were taken before
  /// the connection ended.
  @discardableResult
  static func flood(
    _ peer: RawPeer, with burst: [UInt8], upTo limit: Int, reads: Bool = true
  ) -> Int {
    var sent = 0
    while sent < limit, peer.send(burst, within: .seconds(3), dropsReplies: reads) {
      sent += burst.count
    }
    return sent
  }
}
