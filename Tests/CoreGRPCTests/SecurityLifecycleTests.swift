import CoreGRPC
import Synchronization
import TestSupport
import XCTest

/// The end of servers with TLS, whatever is under way.
final class SecurityLifecycleTests: XCTestCase {
  func testStoppingInTheMiddleOfHandshakes() async throws {
    let authority = try TestAuthority()
    let identity = try authority.issue()
    var configuration = ServerConfiguration()
    configuration.shutdownGrace = .milliseconds(100)
    configuration.certificateReloadInterval = .milliseconds(1)
    let security = GRPCChannel.Security.tls(authorities: authority.certificate)
    for pause in 0..<20 {
      try await withSecureServer(.tls(identity), configuration: configuration) { server, port in
        let peers = try (0..<20).map { index in
          let peer = try RawPeer(port: port)
          if index % 2 == 0 { peer.send([22, 3, 1, 2, 0, 1]) }
          return peer
        }
        let calls = (0..<4).map { _ in
          Task { try? await callOnce("localhost:\(port)", security) }
        }
        // The stop comes a little later each time: during the accept, the handshake, the call.
        try await Task.sleep(for: .milliseconds(pause))
        server.stop()
        for call in calls { _ = await call.value }
        for peer in peers { XCTAssertTrue(peer.isClosed(within: .seconds(10))) }
      }
    }
  }

  func testCallsUnderWayFinishWhenTheServerDrains() async throws {
    let authority = try TestAuthority()
    let proceed = Gate()
    let began = Atomic(0)
    let service = TestService(
      .unary("/test.Wait/Wait") { request, _ in
        began.add(1, ordering: .relaxed)
        await proceed.wait()
        return Task.isCancelled ? [] : request
      })
    let security = GRPCChannel.Security.tls(authorities: authority.certificate)
    try await withSecureServer(.tls(try authority.issue()), services: [service]) {
      server, port in
      let channel = try GRPCChannel(target: "localhost:\(port)", security: security)
      let replies = (0..<90).map { index in
        Task { try await channel.unary("/test.Wait/Wait", [UInt8(index)]).message }
      }
      let haveAllBegun = await eventually { began.load(ordering: .relaxed) == replies.count }
      XCTAssertTrue(haveAllBegun)
      server.stop()
      let isRefused = await eventually { (try? RawPeer(port: port)) == nil }
      XCTAssertTrue(isRefused)
      proceed.open()
      for (index, reply) in replies.enumerated() {
        let message = try await reply.value
        XCTAssertEqual(message, [UInt8(index)])
      }
      await channel.close()
    }
  }

  func testManyCyclesLeaveNoThreadsAndNoDescriptors() async throws {
    let authority = try TestAuthority()
    let identity = try authority.issue()
    let security = GRPCChannel.Security.tls(authorities: authority.certificate)
    func cycle() async throws {
      try await withSecureServer(.tls(identity)) { _, port in
        _ = try await callOnce("localhost:\(port)", security)
      }
    }
    func count(_ directory: String) throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/self/\(directory)").count
    }
    for _ in 0..<5 { try await cycle() }
    let (threads, descriptors) = (try count("task"), try count("fd"))
    for _ in 0..<50 { try await cycle() }
    XCTAssertLessThanOrEqual(try count("task"), threads + 3)
    XCTAssertLessThanOrEqual(try count("fd"), descriptors + 3)
  }

  func testAServerThatCannotBindLeavesNothingBehind() async throws {
    let authority = try TestAuthority()
    let identity = try authority.issue()
    try await withSecureServer(.tls(identity)) { _, port in
      let second = try GRPCServer(
        address: "127.0.0.1:\(port)", security: .tls(identity), services: [TestService.echo])
      do {
        try await second.run()
        XCTFail("bound twice")
      } catch let error as ServerError {
        XCTAssertEqual(
          error.message, "Cannot listen on 127.0.0.1:\(port): Address already in use.")
      }
    }
  }
}
