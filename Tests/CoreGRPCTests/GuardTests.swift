import CGRPCShim
import TestSupport
import XCTest

@testable import CoreGRPC

/// What a listener sees of the bytes that core reads and writes.
final class GuardTests: XCTestCase {
  func testCoreReadsAndWritesThroughTheShim() { XCTAssertTrue(cgrpc_library_is_guarded()) }

  func testOtherMachinesAreNotServedUnguarded() {
    for address in ["0.0.0.0:1", "[::]:1", "192.0.2.1:1", "example.com:1"] {
      let danger = SocketListener.danger(at: address, isGuarded: false, isAccepted: false)
      XCTAssertEqual(danger?.code, .invalidConfiguration, address)
      XCTAssertNil(SocketListener.danger(at: address, isGuarded: true, isAccepted: false))
      XCTAssertNil(SocketListener.danger(at: address, isGuarded: false, isAccepted: true))
    }
    for address in ["127.0.0.1:1", "localhost:1", "[::1]:1", "unix:/run/x.sock"] {
      XCTAssertNil(SocketListener.danger(at: address, isGuarded: false, isAccepted: false))
    }
  }

  /// Many messages on one stream hold nothing once they are taken, however many there were.
  func testAStreamMayBringMoreThanAConnectionMayHold() async throws {
    let count = 400
    let size = 100_000
    let service = TestService(
      .clientStreaming("/test.Sum/Sum") { requests, _ -> [UInt8] in
        var sum = 0
        for try await request in requests { sum += request.count }
        return Array("\(sum)".utf8)
      })
    var configuration = ServerConfiguration()
    configuration.maximumConnectionBytes = 1 << 20
    configuration.maximumRequestSize = 1 << 20
    configuration.maximumReplySize = 1 << 20
    try await withServer([service], over: .tcp, configuration: configuration) { _, channel in
      let stream = try await channel.stream("/test.Sum/Sum")
      for _ in 0..<count { try await stream.send([UInt8](repeating: 7, count: size)) }
      try await stream.finishSending()
      let reply = try await stream.receive()
      XCTAssertEqual(reply, Array("\(count * size)".utf8))
    }
  }

  /// Calls in a row leave nothing behind that a connection is charged with.
  func testAConnectionMayServeMoreThanItMayHold() async throws {
    var configuration = ServerConfiguration()
    configuration.maximumConnectionBytes = 1 << 20
    configuration.maximumRequestSize = 1 << 20
    configuration.maximumReplySize = 1 << 20
    for transport in [Transport.tcp, .unixSocket] {
      try await withServer(
        [TestService.echo], over: transport, configuration: configuration
      ) { server, channel in
        let message = [UInt8](repeating: 7, count: 200_000)
        for _ in 0..<100 {
          let reply = try await channel.unary("/test.Echo/Echo", message)
          XCTAssertEqual(reply.message.count, message.count)
        }
        XCTAssertEqual(server.connectionCount, 1)
      }
    }
  }

  func testWhoHoldsTooMuchIsEndedAndTheLogSaysSo() async throws {
    let gate = Gate()
    let log = LogRecorder()
    let service = TestService(
      .unary("/test.Wait/Wait") { _, _ -> [UInt8] in
        await gate.wait()
        return []
      })
    var configuration = ServerConfiguration()
    configuration.maximumConnectionBytes = 1 << 20
    configuration.maximumRequestSize = 1 << 20
    configuration.maximumReplySize = 1 << 20
    try await withServer(
      [service, TestService.echo], over: .tcp, configuration: configuration, logger: log.logger
    ) { server, channel in
      let port = await server.waitUntilStarted()
      let peer = try RawPeer(port: XCTUnwrap(port))
      peer.send(HTTP2Frame.greeting + HTTP2Frame.settingsAcknowledgement)
      let block = HTTP2Frame.callHeaders(path: "/test.Wait/Wait")
      var stream = 1
      // Each holds 15,000 bytes, and waits for a handler that waits.
      var isTaken = true
      while isTaken, stream < 200 {
        let message = [UInt8](repeating: 0, count: 15_000)
        let call =
          HTTP2Frame.headers(stream: stream, block)
          + HTTP2Frame.lastMessage(stream: stream, message)
        isTaken = peer.send(call, dropsReplies: true)
        stream += 2
      }
      let isClosed = !isTaken || peer.isClosed(within: .seconds(10))
      XCTAssertTrue(isClosed)
      let isTold = await eventually {
        log.lines(with: "maximumConnectionBytes").count == 1
      }
      XCTAssertTrue(isTold)
      _ = try await channel.unary("/test.Echo/Echo", [1])
      gate.open()
    }
  }
}
