import CoreGRPC
import Foundation
import JobClient
import JobMessages
import ProtobufWire
import TestSupport
import XCTest

/// Requests that cost more than their bytes let expect, from callers whom nobody knows.
final class RequestAttackTests: AttackTestCase {
  /// Overrides whose `env` comes in so many pieces of one variable each, the last name first.
  private static func pieces(_ count: Int) -> [UInt8] {
    // CloneProjectJobRequest.job_parameters_overrides, JobParameters.env, Environment.vars and a key.
    let (overrides, env, vars, key) = (2, 6, 1, 1)
    let pieces = (0..<count).reversed().flatMap { index in
      lengthDelimited(env, lengthDelimited(vars, lengthDelimited(key, Array("V\(index)".utf8))))
    }
    return CloneProjectJobRequest.with { $0.sourceJobID = "absent" }.serializedBytes()
      + lengthDelimited(overrides, pieces)
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
      try Self.make(calls, callsOn: server, inBurstsOf: 50) { stream in
        HTTP2Frame.call(stream: stream, path: path, [])
      }
      // While the server is there: its folder goes with it.
      let log = try String(contentsOfFile: server.folder + "/server.log", encoding: .utf8)
      XCTAssertFalse(log.contains("\n2026-01-01T00:00:00Z critical"))
      XCTAssertFalse(log.contains("\u{1b}"))
      XCTAssertLessThan(try server.logSize - before, 1 << 20)
    }
  }
}
