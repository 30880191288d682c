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

  /// The header block of a call.
  static let block = HTTP2Frame.callHeaders(path: jobService + "List")

  /// The beginning of a header block, and a CONTINUATION frame of it full of tiny fields, "a: b" without
  /// indexing, that does not end it (CVE-2023-33953).
  static let endlessFields = (
    begin: HTTP2Frame(.headers, stream: 1, block).bytes,
    burst: HTTP2Frame(
      .continuation, stream: 1,
      [[UInt8]](repeating: [0, 1, 0x61, 1, 0x62], count: 3200).flatMap { $0 }
    ).bytes
  )

  /// The beginning of a header block with a literal whose name has 2^30 bytes (RFC 7541 §5.1), and a
  /// frame with some of them: core looks again at all that came whenever there is more of it.
  static let endlessString = (
    begin: HTTP2Frame(.headers, stream: 1, block + [0, 0x7f, 0x81, 0xff, 0xff, 0xff, 0x03]).bytes,
    burst: HTTP2Frame(.continuation, stream: 1, [UInt8](repeating: 0x61, count: 100)).bytes
  )

  static let settings = HTTP2Frame.settings([(4, 65_535)])

  /// Makes so many calls, a burst at a time, each connection's until the server ends it.
  ///
  /// - Parameter call: a call's frames on the stream.
  static func make(
    _ count: Int, callsOn server: AttackedServer, inBurstsOf size: Int,
    _ call: (_ stream: Int) -> [UInt8]
  ) throws {
    var sent = 0
    while sent < count {
      let peer = try Self.peer(of: server)
      var stream = 1
      var isTaken = true
      while isTaken, sent < count {
        var burst: [UInt8] = []
        for _ in 0..<size {
          burst += call(stream)
          stream += 2
        }
        sent += size
        isTaken = peer.send(burst, dropsReplies: true)
      }
    }
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
