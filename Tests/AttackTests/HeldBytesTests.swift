import CoreGRPC
import Foundation
import JobClient
import JobMessages
import ProtobufWire
import TestSupport
import XCTest

/// Bytes that a peer makes the server hold: requests without an end, replies without a reader.
final class HeldBytesTests: AttackTestCase {
  private static let size = 4 << 20

  /// Begins requests of 4 MiB, all but their last bytes, on one connection, as far as it lasts.
  private static func unfinished(
    _ peer: RawPeer, streams: Int, bytes: Int = size - 1000
  ) -> Int {
    let block = HTTP2Frame.callHeaders(path: jobService + "Create")
    let piece = [UInt8](repeating: 0, count: 16_000)
    // The windows are as large as the server ever makes them; what it sends is not waited for.
    for stream in (0..<streams).map({ 2 * $0 + 1 }) {
      var burst = HTTP2Frame.headers(stream: stream, block)
      burst += HTTP2Frame(.data, stream: stream, [0] + HTTP2Frame.bigEndian(bytes + 1000)).bytes
      guard peer.send(burst, within: .seconds(3), dropsReplies: true) else { return stream / 2 }
    }
    var left = [Int](repeating: bytes, count: streams)
    var window = 65_535
    var windows = [Int](repeating: 65_535 - 5, count: streams)
    window -= 5 * streams
    let end = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < end, left.contains(where: { $0 > 0 }) {
      var hasSent = false
      for index in 0..<streams where left[index] > 0 {
        let count = min(left[index], windows[index], window, piece.count)
        guard count > 0 else { continue }
        let frame = HTTP2Frame(.data, stream: 2 * index + 1, Array(piece.prefix(count)))
        guard peer.send(frame.bytes, within: .seconds(3)) else { return index }
        left[index] -= count
        windows[index] -= count
        window -= count
        hasSent = true
      }
      while let frame = peer.frame(within: hasSent ? .zero : .milliseconds(200)) {
        if frame.type == HTTP2Frame.Kind.goAway.rawValue { return 0 }
        if frame.type == HTTP2Frame.Kind.settings.rawValue {
          Self.apply(frame, to: &windows)
        }
        guard frame.type == HTTP2Frame.Kind.windowUpdate.rawValue else { continue }
        let increment = frame.payload.reduce(0) { $0 << 8 | Int($1) }
        if frame.stream == 0 {
          window += increment
        } else if windows.indices.contains(frame.stream / 2) {
          windows[frame.stream / 2] += increment
        }
        hasSent = true
      }
      if !hasSent, peer.isClosed(within: .zero) { return 0 }
    }
    return streams
  }

  private static func apply(_ settings: HTTP2Frame, to windows: inout [Int]) {
    var rest = settings.payload[...]
    while rest.count >= 6 {
      let value = rest.dropFirst(2).prefix(4).reduce(0) { $0 << 8 | Int($1) }
      if rest[rest.startIndex + 1] == 4 {
        for index in windows.indices { windows[index] += value - 65_535 }
      }
      rest = rest.dropFirst(6)
    }
  }

  func testRequestsWithoutAnEndOnOneConnection() async throws {
    for acknowledges in [true, false] {
      let server = try await AttackedServer()
      let whether = acknowledges ? "" : ", SETTINGS never acknowledged"
      try await attack(
        "100 requests of 4 MiB without an end on one connection\(whether)", on: server,
        memoryBound: Self.oneConnection
      ) { server in
        let peer = try Self.peer(of: server, acknowledges: acknowledges)
        let streams = acknowledges ? 100 : 190
        XCTAssertLessThan(
          Self.unfinished(peer, streams: streams), streams, "the connection is not ended")
      }
    }
  }

  func testRequestsWithoutAnEndOnManyConnections() async throws {
    let server = try await AttackedServer()
    let count = Soak.count(24, long: 100)
    try await attack(
      "\(count) connections with 28 MiB of requests without an end each", on: server,
      memoryBound: Self.manyConnections
    ) { server in
      var peers: [RawPeer] = []
      for _ in 0..<count {
        let peer = try Self.peer(of: server)
        _ = Self.unfinished(peer, streams: 7)
        peers.append(peer)
      }
      withExtendedLifetime(peers) {}
    }
  }

  func testRepliesThatNobodyReads() async throws {
    for acknowledges in [true, false] {
      let server = try await AttackedServer()
      let job = try await Self.largeJob(on: server)
      let whether = acknowledges ? "" : ", SETTINGS never acknowledged"
      try await attack(
        "2,000 Gets of a job of 2 MB that nobody reads\(whether)", on: server,
        memoryBound: Self.oneConnection
      ) { server in
        let peer = try Self.peer(of: server, acknowledges: acknowledges, receiveBuffer: 4096)
        // No window at all for replies.
        peer.send(HTTP2Frame.settings([(4, 0)]))
        let request = GetProjectJobRequest.with { $0.jobID = job }.serializedBytes()
        for call in 0..<2000 {
          let stream = 2 * call + 1
          let bytes = HTTP2Frame.call(stream: stream, path: Self.jobService + "Get", request)
          guard peer.send(bytes, within: .seconds(1)) else { break }
        }
        XCTAssertTrue(peer.isClosed(within: .seconds(10)), "the connection is not ended")
      }
    }
  }

  /// Makes a job whose Get takes two megabytes.
  static func largeJob(on server: AttackedServer) async throws -> String {
    let operation = try await server.client.create(
      .with {
        $0.projectID = AttackedServer.project
        $0.jobParameters = .with {
          $0.cmd = "true"
          $0.cloudInstanceTypes = [.with { $0.name = "c1.4" }]
          $0.env = .with { env in
            for index in 0..<1000 {
              env.vars["V\(index)"] = String(repeating: "v", count: 2000)
            }
          }
        }
      })
    let response = try XCTUnwrap(try operation.response?.unpack(CreateProjectJobResponse.self))
    return response.jobID
  }
}
