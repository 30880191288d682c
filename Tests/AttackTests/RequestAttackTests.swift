import CoreGRPC
import Foundation
import JobClient
import JobMessages
import ProtobufWire
import TestSupport
import XCTest

/// Requests that cost more than their bytes let expect, from callers whom nobody knows.
final class RequestAttackTests: AttackTestCase {
  /// A length-delimited field.
  private static func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
    var length: [UInt8] = []
    var rest = content.count
    repeat {
      length.append(UInt8(rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
      rest >>= 7
    } while rest > 0
    return [number << 3 | 2] + length + content
  }

  /// Overrides whose `env` comes in so many pieces of one variable each, the last name first.
  private static func pieces(_ count: Int) -> [UInt8] {
    // CloneProjectJobRequest.job_parameters_overrides, JobParameters.env, Environment.vars and a key.
    let (overrides, env, vars, key): (UInt8, UInt8, UInt8, UInt8) = (2, 6, 1, 1)
    let pieces = (0..<count).reversed().flatMap { index in
      field(env, field(vars, field(key, Array("V\(index)".utf8))))
    }
    return CloneProjectJobRequest.with { $0.sourceJobID = "absent" }.serializedBytes()
      + field(overrides, pieces)
  }

  func testMessagesInPieces() async throws {
    let server = try await AttackedServer()
    let request = Self.pieces(5000)
    let calls = Soak.count(20, long: 500)
    try await attack(
      "\(calls) Clones of \(request.count >> 10) kB whose env comes in 5,000 pieces", on: server,
      memoryBound: Self.oneConnection
    ) { server in
      for _ in 0..<calls {
        let error = await Self.failure {
          _ = try await server.client.channel.unary(
            Self.jobService + "Clone", request, timeout: .seconds(5))
        }
        XCTAssertEqual(error?.code, .notFound, error?.message ?? "")
      }
    }
  }

  private static func failure(_ body: () async throws -> Void) async -> RPCError? {
    do {
      try await body()
      return nil
    } catch {
      return error as? RPCError
    }
  }

  /// Every call leaves a line, whose path its caller has chosen.
  func testPathsThatForgeTheLog() async throws {
    let server = try await AttackedServer()
    let path = "/x/\n2026-01-01T00:00:00Z critical datasphere-jobs: FORGED\u{1b}[2J"
    let calls = Soak.count(4000, long: 40_000)
    let before = try server.logSize
    try await attack(
      "\(calls) calls whose paths forge log lines", on: server, memoryBound: Self.oneConnection
    ) { server in
      var sent = 0
      while sent < calls {
        let peer = try Self.peer(of: server)
        var stream = 1
        var isTaken = true
        while isTaken, sent < calls {
          var burst: [UInt8] = []
          for _ in 0..<50 {
            burst += HTTP2Frame.call(stream: stream, path: path, [])
            stream += 2
          }
          sent += 50
          isTaken = peer.send(burst, dropsReplies: true)
        }
      }
      // While the server is there: its folder goes with it.
      let log = try String(contentsOfFile: server.folder + "/server.log", encoding: .utf8)
      XCTAssertFalse(log.contains("\n2026-01-01T00:00:00Z critical"))
      XCTAssertFalse(log.contains("\u{1b}"))
      XCTAssertLessThan(try server.logSize - before, 1 << 20)
    }
  }
}
