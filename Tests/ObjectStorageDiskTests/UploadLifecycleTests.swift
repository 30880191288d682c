import Foundation
import JobCloning
import Logging
import ServiceLifecycle
import TestSupport
import XCTest

@testable import ObjectStorageDisk

/// Connections that break, crawl or never end, and servers that stop.
final class UploadLifecycleTests: XCTestCase {
  private let body = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }

  private static func head(_ target: String, length: Int) -> String {
    "PUT \(target) HTTP/1.1\r\nHost: test\r\nContent-Length: \(length)\r\n\r\n"
  }

  func testInterruptedUploadLeavesNothing() async throws {
    try await UploadFixture.serving { [body] fixture in
      let content = ContentID(of: body)
      let target = try fixture.target(for: content)
      try await onThread { [port = fixture.port] in
        let connection = try RawConnection(port: port)
        connection.send(Self.head(target, length: body.count))
        connection.send(Array(body.dropLast(1)))
        // Half closed: the server answers or closes once it noticed.
        connection.finishSending()
        try connection.waitForEnd()
      }
      let stored = try await fixture.isStored(content)
      XCTAssertFalse(stored)
      let reply = try await fixture.put(body, to: target)
      XCTAssertEqual(reply.status, 200)
    }
  }

  func testIncompleteHeaderIsCutOff() async throws {
    try await UploadFixture.serving(idleTimeout: .milliseconds(300)) { fixture in
      try await onThread { [port = fixture.port] in
        let connection = try RawConnection(port: port)
        connection.send("PUT / HTTP/1.1\r\nHost: te")
        try connection.waitForEnd()
      }
    }
  }

  func testTrickledHeaderIsCutOff() async throws {
    try await UploadFixture.serving(idleTimeout: .milliseconds(300)) { fixture in
      try await onThread { [port = fixture.port] in
        let connection = try RawConnection(port: port)
        connection.send("PUT / HTTP/1.1\r\nX-Slow: ")
        let start = ContinuousClock.now
        // A byte every 20 ms: each is activity on the socket, none completes a header.
        while connection.send("a"), !connection.hasInput(within: 20) {
          guard start.duration(to: .now) < .seconds(20) else {
            throw RawConnection.Failure("the connection is still open")
          }
        }
      }
    }
  }

  func testSilentBodyIsCutOff() async throws {
    try await UploadFixture.serving(idleTimeout: .milliseconds(300)) { [body] fixture in
      let target = try fixture.target(for: ContentID(of: body))
      try await onThread { [port = fixture.port] in
        let connection = try RawConnection(port: port)
        connection.send(Self.head(target, length: body.count))
        connection.send(Array(body.prefix(1000)))
        try connection.waitForEnd()
      }
      fixture.assertNothingStored()
    }
  }

  func testIdleConnectionIsClosed() async throws {
    try await UploadFixture.serving(idleTimeout: .milliseconds(300)) { fixture in
      try await onThread { [port = fixture.port] in
        try RawConnection(port: port).waitForEnd()
      }
    }
  }

  func testPace() {
    let pace = TransferPace()
    XCTAssertFalse(pace.isTooSlow(passed: 0, in: .seconds(59)))
    XCTAssertTrue(pace.isTooSlow(passed: 0, in: .seconds(61)))
    XCTAssertFalse(pace.isTooSlow(passed: 1 << 20, in: .seconds(1000)))
    XCTAssertTrue(pace.isTooSlow(passed: 1 << 20, in: .seconds(1100)))
  }

  func testConnectionsBeyondTheLimitWait() async throws {
    try await UploadFixture.serving(maximumConnections: 1) { fixture in
      let bytes = Array("waiting".utf8)
      let target = try fixture.target(for: ContentID(of: bytes))
      let status = try await onThread { [port = fixture.port] in
        let first = try RawConnection(port: port)
        first.send("PUT / HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n")
        XCTAssertEqual(try first.response().status, 404)
        try first.waitForEnd()
        let second = try RawConnection(port: port)
        second.send(Self.head(target, length: bytes.count))
        second.send(Array(bytes.dropLast()))
        let third = try RawConnection(port: port)
        third.send(Self.head(target, length: bytes.count))
        third.send(bytes)
        XCTAssertFalse(third.hasInput(within: 100), "a second connection was served")
        second.send([bytes[bytes.count - 1]])
        XCTAssertEqual(try second.response().status, 200)
        second.finishSending()
        try second.waitForEnd()
        return try third.response().status
      }
      XCTAssertEqual(status, 200)
    }
  }

  /// Out of file descriptors a listener must not stop for good.
  func testRunningOutOfDescriptorsIsSurvived() async throws {
    try await UploadFixture.serving { [body] fixture in
      let target = try fixture.target(for: ContentID(of: body))
      let status = try await onThread { [port = fixture.port] in
        let held = try HeldDescriptors(keeping: 1)
        let connection = try RawConnection(port: port)
        connection.send(Self.head(target, length: body.count))
        XCTAssertFalse(connection.hasInput(within: 1000))
        held.release()
        connection.send(body)
        return try connection.response().status
      }
      XCTAssertEqual(status, 200)
      let failures = fixture.log.text.components(separatedBy: "accept failed").count - 1
      XCTAssertGreaterThan(failures, 0)
      XCTAssertLessThan(failures, 20, "the listener asks again and again")
    }
  }

  func testCancellationEndsConnectionsAndLeavesNothing() async throws {
    let connections = Held<[RawConnection]>([])
    try await UploadFixture.serving { [body] fixture in
      let target = try fixture.target(for: ContentID(of: body))
      try await onThread { [port = fixture.port] in
        let idle = try RawConnection(port: port)
        let uploading = try RawConnection(port: port)
        uploading.send(
          "PUT \(target) HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\n"
            + "Content-Length: \(body.count)\r\n\r\n")
        // The upload is under way once the server asked for its body.
        XCTAssertEqual(try uploading.response().status, 100)
        uploading.send(Array(body.prefix(500_000)))
        connections.value = [idle, uploading]
      }
      // The fixture now cancels the server and checks that no unfinished upload is left.
    }
    XCTAssertEqual(connections.value.count, 2)
  }

  /// Connections are cancelled while they are being accepted, at no moment in particular.
  func testCancellationAmidNewConnections() async throws {
    for _ in 0..<50 {
      let connections = Held<[RawConnection]>([])
      try await UploadFixture.serving { fixture in
        try await onThread { [port = fixture.port] in
          connections.value = try (0..<8).map { _ in try RawConnection(port: port) }
        }
      }
      XCTAssertEqual(connections.value.count, 8)
    }
  }

  func testGracefulShutdownLetsUploadsFinish() async throws {
    try await stopping(grace: .seconds(600)) { [body] uploading, _ in
      uploading.send(Array(body.dropFirst(500_000)))
      XCTAssertEqual(try uploading.response().status, 200)
    }
  }

  /// Neither client does anything more: their transfers could take for ever.
  func testTheGraceCutsTransfersOff() async throws {
    try await stopping(grace: .milliseconds(200)) { uploading, downloading in
      try uploading.waitForEnd()
      _ = try downloading.drain()
    }
  }

  /// Stops a server gracefully while an upload and a download are under way, and waits for its end.
  private func stopping(
    grace: Duration,
    _ meanwhile:
      @escaping @Sendable (_ uploading: RawConnection, _ downloading: RawConnection) throws -> Void
  ) async throws {
    let directory = UploadFixture.newDirectory()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let storage = try DiskObjectStorage(directory: directory, keys: UploadFixture.keys)
    let (ports, listening) = AsyncStream.makeStream(of: Int.self)
    var configuration = UploadServer.Configuration(port: 0)
    configuration.shutdownGrace = grace
    let server = UploadServer(
      storage: storage, configuration: configuration, clock: TestClock(),
      logger: TestLog().logger, onListening: { listening.yield($0) })
    let group = ServiceGroup(services: [server], logger: TestLog().logger)
    let running = Task { try await group.run() }
    let port = await ports.first(where: { _ in true }) ?? 0
    let large = [UInt8](repeating: 1, count: 20_000_000)
    let expiry = TestClock().present + 60
    func target(_ url: String) throws -> String {
      try String(url[XCTUnwrap(url.firstRange(of: "/v1/")).lowerBound...])
    }
    let targets = try (
      upload: target(
        storage.uploadURL(for: ContentID(of: body), in: "project", expiry: expiry)),
      large: target(
        storage.uploadURL(for: ContentID(of: large), in: "project", expiry: expiry)),
      download: target(
        storage.downloadURL(for: ContentID(of: large), in: "project", expiry: expiry))
    )
    let connections = try await onThread { [body] in
      XCTAssertEqual(try RawConnection(port: port).put(large, to: targets.large).status, 200)
      let uploading = try RawConnection(port: port)
      uploading.send(
        "PUT \(targets.upload) HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\n"
          + "Content-Length: \(body.count)\r\n\r\n")
      XCTAssertEqual(try uploading.response().status, 100)
      uploading.send(Array(body.prefix(500_000)))
      let downloading = try RawConnection(port: port)
      downloading.send("GET \(targets.download) HTTP/1.1\r\nHost: test\r\n\r\n")
      XCTAssertEqual(try downloading.responseHead().status, 200)
      return Held((uploading, downloading))
    }
    await group.triggerGracefulShutdown()
    try await onThread {
      try meanwhile(connections.value.0, connections.value.1)
      _ = try connections.value.1.drain()
    }
    try await running.value
  }

  func testPortInUse() async throws {
    try await UploadFixture.serving { fixture in
      let second = UploadServer(
        storage: fixture.storage, configuration: .init(port: fixture.port), clock: fixture.clock,
        logger: fixture.log.logger)
      do {
        try await second.run()
        XCTFail("two servers listen on one port")
      } catch let error as StoreError {
        XCTAssertEqual(error.code, .misconfigured)
        XCTAssertTrue(error.message.contains("127.0.0.1:\(fixture.port)"), error.message)
      }
    }
  }
}

/// A value that a test hands from one thread to another, one after the other.
final class Held<Value>: @unchecked Sendable {
  // SAFETY: the tests read it only after the thread that wrote it has handed over.
  var value: Value

  init(_ value: Value) { self.value = value }
}

/// All file descriptors that the process may still have, so that nothing else gets one.
private final class HeldDescriptors {
  private var descriptors: [Int32] = []
  private var limit = rlimit()

  init(keeping spare: Int) throws {
    getrlimit(__rlimit_resource_t(7), &limit)
    var lower = limit
    lower.rlim_cur = 512
    setrlimit(__rlimit_resource_t(7), &lower)
    while true {
      let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { break }
      descriptors.append(descriptor)
    }
    for _ in 0..<spare { close(descriptors.removeLast()) }
  }

  func release() {
    descriptors.forEach { close($0) }
    descriptors = []
    setrlimit(__rlimit_resource_t(7), &limit)
  }

  deinit { release() }
}
