import CoreGRPC
import Foundation
import JobClient
import JobMessages
import ProtobufWire
import TestSupport
import XCTest

/// Calls that need no credentials, and connections that only make such calls.
final class OpenCallTests: AttackTestCase {
  private static func watch(stream: Int) -> [UInt8] {
    HTTP2Frame.call(stream: stream, path: "/grpc.health.v1.Health/Watch", [])
  }

  func testManyWatchesOnManyConnections() async throws {
    let server = try await AttackedServer()
    try await attack(
      "10,000 Watches of health on 100 connections", on: server, memoryBound: Self.manyConnections
    ) { server in
      let watches = (0..<100).flatMap { Self.watch(stream: 2 * $0 + 1) }
      let peers = try (0..<100).map { _ in
        let peer = try Self.peer(of: server)
        peer.send(watches)
        return peer
      }
      // Who asks once is answered all the same.
      for _ in 0..<10 {
        let reply = try await server.client.channel.unary(
          "/grpc.health.v1.Health/Check", [], timeout: .seconds(5))
        let check = try HealthCheckResponse(serializedBytes: reply.message)
        XCTAssertEqual(check.status, .serving)
      }
      withExtendedLifetime(peers) {}
    }
  }

  func testIdleWatchesOnAllConnections() async throws {
    let server = try await AttackedServer()
    try await attack(
      "820 connections with an idle Watch each", on: server, memoryBound: Self.manyConnections
    ) { server in
      let peers = try (0..<820).map { _ in
        let peer = try Self.peer(of: server)
        peer.send(Self.watch(stream: 1))
        return peer
      }
      // They give way one by one, each after it has been of no use for five seconds.
      for _ in 0..<3 {
        let channel = try GRPCChannel(plaintextTarget: "127.0.0.1:\(server.port)")
        let request = ListProjectJobRequest.with { $0.projectID = AttackedServer.project }
        _ = try await channel.unary(
          Self.jobService + "List", request.serializedBytes(), timeout: .seconds(20),
          waitsForReady: true)
        await channel.close()
      }
      withExtendedLifetime(peers) {}
    }
  }
}
