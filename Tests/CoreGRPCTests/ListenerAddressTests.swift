import CoreGRPC
import Foundation
import Logging
import TestSupport
import XCTest

/// Where the listener listens, and whom it hears.
final class ListenerAddressTests: XCTestCase {
  /// Answers with the peer's address.
  private let peerService = TestService(
    .unary("/test.Peer/Peer") { _, context in Array(context.peer.utf8) })

  private func serving(
    _ address: String, configuration: ServerConfiguration = .init(),
    _ body: (GRPCServer, Int?) async throws -> Void
  ) async throws {
    let server = try GRPCServer(
      address: address, services: [peerService], configuration: configuration,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let serving = Task { try await server.run() }
    do {
      try await body(server, await server.waitUntilStarted())
      server.stop()
      try await serving.value
    } catch {
      server.stop()
      try await serving.value
      throw error
    }
  }

  private func peer(seenAt target: String) async throws -> String {
    let channel = try GRPCChannel(plaintextTarget: target)
    do {
      let reply = try await channel.unary("/test.Peer/Peer", [UInt8](), timeout: .seconds(10))
      await channel.close()
      return String(decoding: reply.message, as: UTF8.self)
    } catch {
      await channel.close()
      throw error
    }
  }

  private func bindError(_ address: String) async throws -> ServerError? {
    let server = try GRPCServer(address: address, services: [peerService])
    do {
      try await server.run()
      XCTFail("bound \(address)")
      return nil
    } catch { return error }
  }

  // MARK: - Peers

  func testEachConnectionIsSeenUnderItsOwnAddress() async throws {
    for host in ["127.0.0.1", "::1"] {
      try await serving(host == "::1" ? "[::1]:0" : "127.0.0.1:0") { _, port in
        let port = try XCTUnwrap(port)
        // Numbers of descriptors come again and again, also after resets.
        for round in 0..<100 {
          let peers = try (0..<3).map { _ in try RawPeer(port: port, host: host) }
          for peer in peers {
            if round % 2 == 0 { peer.resetAtEnd() }
            peer.send(HTTP2Frame.greeting)
            peer.send(HTTP2Frame.call(stream: 1, path: "/test.Peer/Peer", []))
          }
          for peer in peers {
            let reply = try XCTUnwrap(peer.frame(.data, stream: 1))
            let seen = String(decoding: reply.payload.dropFirst(5), as: UTF8.self)
            XCTAssertEqual(seen, peer.address)
          }
        }
      }
    }
  }

  func testOneSocketServesBothFamiliesAndShowsEachAsItIs() async throws {
    try await serving("[::]:0") { _, port in
      let port = try XCTUnwrap(port)
      let four = try await peer(seenAt: "ipv4:127.0.0.1:\(port)")
      XCTAssertTrue(four.hasPrefix("ipv4:127.0.0.1:"), four)
      let six = try await peer(seenAt: "ipv6:[::1]:\(port)")
      XCTAssertTrue(six.hasPrefix("ipv6:[::1]:"), six)
    }
  }

  func testAHostNameStandsForAllItsAddresses() async throws {
    try await serving("localhost:0") { _, port in
      let port = try XCTUnwrap(port)
      let seen = try await peer(seenAt: "localhost:\(port)")
      XCTAssertTrue(seen.hasPrefix("ipv"), seen)
    }
  }

  func testADeadConnectionKeepsItsNumberUntilItsCallsAreOver() async throws {
    let began = Gate()
    let proceed = Gate()
    let service = TestService(
      .unary("/test.Wait/Wait") { _, _ -> [UInt8] in
        began.open()
        // A handler that does not listen to its cancellation.
        await Task.detached { await proceed.wait() }.value
        return []
      })
    try await withServer([service], over: .tcp) { server, _ in
      let started = await server.waitUntilStarted()
      var peer: RawPeer? = try RawPeer(port: try XCTUnwrap(started))
      peer?.resetAtEnd()
      peer?.send(HTTP2Frame.greeting)
      peer?.send(HTTP2Frame.call(stream: 1, path: "/test.Wait/Wait", []))
      await began.wait()
      peer = nil
      // Another connection comes and goes, so that core has seen the reset.
      for _ in 0..<20 {
        let other = try RawPeer(port: try XCTUnwrap(started))
        other.send(HTTP2Frame.greeting)
        XCTAssertNotNil(other.frame(.settings))
      }
      let isAlone = await eventually { server.connectionCount == 1 }
      XCTAssertTrue(isAlone, "\(server.connectionCount)")
      proceed.open()
      let isFree = await eventually { server.connectionCount == 0 }
      XCTAssertTrue(isFree, "\(server.connectionCount)")
    }
  }

  // MARK: - Addresses that cannot be had

  func testEveryBindFailureSaysWhy() async throws {
    let reasons = [
      ("192.0.2.1:0", "Cannot assign requested address"),
      ("no-such-host.invalid:0", "not known"),
      ("unix:/tmp/\(String(repeating: "x", count: 120))", "File name too long"),
      ("unix:", "Invalid argument"),
    ]
    for (address, reason) in reasons {
      let error = try await bindError(address)
      XCTAssertEqual(error?.code, .bindFailed)
      let message = error?.message ?? ""
      XCTAssertTrue(
        message.contains(reason) || message.contains("Temporary failure in name resolution"),
        message)
    }
  }

  // MARK: - Unix sockets

  private func withSocketPath(_ body: (String) async throws -> Void) async throws {
    let directory = NSTemporaryDirectory() + "listener-\(UInt64.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try await body(directory + "/x.sock")
  }

  func testAUnixSocketHasItsModeFromTheBeginningAndGoesWithTheServer() async throws {
    try await withSocketPath { path in
      for mode in [0o600, 0o660] as [UInt32] {
        var configuration = ServerConfiguration()
        configuration.unixSocketMode = mode
        try await serving("unix:\(path)", configuration: configuration) { _, port in
          XCTAssertNil(port)
          let attributes = try FileManager.default.attributesOfItem(atPath: path)
          XCTAssertEqual(attributes[.posixPermissions] as? Int, Int(mode))
          let seen = try await peer(seenAt: "unix:\(path)")
          XCTAssertEqual(seen, "unix:")
        }
        XCTAssertFalse(FileManager.default.fileExists(atPath: path))
      }
    }
  }

  func testTheSocketOfALiveServerIsInUse() async throws {
    try await withSocketPath { path in
      try await serving("unix:\(path)") { _, _ in
        let error = try await bindError("unix:\(path)")
        XCTAssertEqual(
          error?.message, "Cannot listen on unix:\(path): Address already in use.")
        let seen = try await peer(seenAt: "unix:\(path)")
        XCTAssertEqual(seen, "unix:")
      }
    }
  }

  func testTheSocketOfADeadServerIsReplacedButNoOtherFile() async throws {
    try await withSocketPath { path in
      // Bound and closed without being removed: what a killed server leaves.
      let dead = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
      let result = withUnsafeBytes(of: &address) { bytes in
        bytes.baseAddress.map {
          Glibc.bind(
            dead, $0.assumingMemoryBound(to: sockaddr.self),
            socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      XCTAssertEqual(result, 0)
      close(dead)
      XCTAssertTrue(FileManager.default.fileExists(atPath: path))
      try await serving("unix:\(path)") { _, _ in
        let seen = try await peer(seenAt: "unix:\(path)")
        XCTAssertEqual(seen, "unix:")
      }

      XCTAssertTrue(FileManager.default.createFile(atPath: path, contents: Data("mine".utf8)))
      let error = try await bindError("unix:\(path)")
      XCTAssertEqual(error?.message, "Cannot listen on unix:\(path): Address already in use.")
      XCTAssertEqual(try String(contentsOfFile: path, encoding: .utf8), "mine")
    }
  }
}
