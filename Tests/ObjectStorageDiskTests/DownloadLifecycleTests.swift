import Foundation
import JobCloning
import ServiceLifecycle
import TestSupport
import XCTest

@testable import ObjectStorageDisk

/// Downloads whose client, content, disk or server goes away, and clients that take their time.
final class DownloadLifecycleTests: XCTestCase {
  /// More than the system takes for a client that does not read.
  private static let size = 64 << 20

  /// Puts a file of zeros where a content of that size would be.
  private static func place(in storage: DiskObjectStorage) throws -> (ContentID, path: String) {
    let content = ContentID(sha256: ContentID(of: [1]).sha256, sizeBytes: Int64(size))
    let location = try XCTUnwrap(storage.layout.location(of: content, in: "project"))
    try FileSystem.makeFolders(XCTUnwrap(location.folders.last))
    _ = FileManager.default.createFile(atPath: location.file, contents: nil)
    XCTAssertEqual(truncate(location.file, off_t(size)), 0)
    return (content, location.file)
  }

  /// A connection on which a download has begun, its head and first byte read.
  private static func begin(_ target: String, port: Int) async throws -> Held<RawConnection> {
    try await onThread {
      let connection = try RawConnection(port: port)
      connection.send("GET \(target) HTTP/1.1\r\nHost: test\r\n\r\n")
      let head = try connection.responseHead()
      XCTAssertEqual(head.status, 200)
      XCTAssertEqual(head.headers["content-length"], "\(size)")
      XCTAssertEqual(try connection.bytes(1), [0])
      return Held(connection)
    }
  }

  /// Whether this process has a file open, also once it has no name any more.
  private static func isOpen(_ path: String) -> Bool {
    let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return numbers.contains {
      let link = "/proc/self/fd/\($0)"
      let target = try? FileManager.default.destinationOfSymbolicLink(atPath: link)
      return target?.hasPrefix(path) ?? false
    }
  }

  func testAContentThatIsRemovedMeanwhileIsSentToItsEnd() async throws {
    try await UploadFixture.serving { fixture in
      let (content, path) = try Self.place(in: fixture.storage)
      let connection = try await Self.begin(
        fixture.downloadTarget(for: content), port: fixture.port)
      XCTAssertTrue(Self.isOpen(path))
      try await fixture.storage.remove(content, in: "project")
      let rest = try await onThread { try connection.value.bytes(Self.size - 1).count }
      XCTAssertEqual(rest, Self.size - 1)
    }
  }

  func testAClientThatTakesNothingIsCutOff() async throws {
    let pace = TransferPace(minimumRate: 1 << 20, grace: .milliseconds(300))
    let file = Held("")
    try await UploadFixture.serving(pace: pace) { fixture in
      let (content, path) = try Self.place(in: fixture.storage)
      let connection = try await Self.begin(
        fixture.downloadTarget(for: content), port: fixture.port)
      await fixture.log.waitForLine(with: "a download broke off")
      let rest = try await onThread { try connection.value.drain() }
      XCTAssertLessThan(rest, Self.size - 1)
      file.value = path
    }
    XCTAssertFalse(Self.isOpen(file.value))
  }

  /// The idle timeout is for clients that the server waits for, not for those that take their time.
  func testAPauseIsNotCutOff() async throws {
    try await UploadFixture.serving(idleTimeout: .milliseconds(200)) { fixture in
      let (content, _) = try Self.place(in: fixture.storage)
      let target = try fixture.downloadTarget(for: content)
      let connection = try await Self.begin(target, port: fixture.port)
      let count = try await onThread {
        usleep(700_000)
        let most = try connection.value.bytes(Self.size - (1 << 20)).count
        // What is left is in the system's buffers, or nearly so.
        usleep(700_000)
        return try most + connection.value.drain()
      }
      XCTAssertEqual(count, Self.size - 1)
    }
  }

  func testAClientThatLeavesIsForgotten() async throws {
    let file = Held("")
    try await UploadFixture.serving { fixture in
      let (content, path) = try Self.place(in: fixture.storage)
      let target = try fixture.downloadTarget(for: content)
      _ = try await Self.begin(target, port: fixture.port)
      await fixture.log.waitForLine(with: "a download broke off")
      let stored = try await fixture.isStored(content)
      XCTAssertTrue(stored)
      file.value = path
    }
    XCTAssertFalse(Self.isOpen(file.value))
  }

  /// A body that cannot be read to its end must not look whole.
  func testAFileThatEndsEarlyEndsTheConnection() async throws {
    try await UploadFixture.serving { fixture in
      let (content, path) = try Self.place(in: fixture.storage)
      let connection = try await Self.begin(
        fixture.downloadTarget(for: content), port: fixture.port)
      XCTAssertEqual(truncate(path, 1), 0)
      let rest = try await onThread { try connection.value.drain() }
      XCTAssertLessThan(rest, Self.size - 1)
      await fixture.log.waitForLine(with: "error download failed")
      let again = try await fixture.get(fixture.downloadTarget(for: content))
      XCTAssertEqual(again.status, 404)
    }
  }

  func testMemoryIsBounded() async throws {
    try await UploadFixture.serving { fixture in
      let (content, _) = try Self.place(in: fixture.storage)
      let target = try fixture.downloadTarget(for: content)
      let before = try Self.residentBytes()
      var connections: [Held<RawConnection>] = []
      for _ in 0..<8 {
        connections.append(try await Self.begin(target, port: fixture.port))
      }
      let waiting = connections
      try await onThread {
        for connection in waiting {
          // The last is served when all others have taken what they were sent.
          XCTAssertEqual(try connection.value.bytes(Self.size / 8).count, Self.size / 8)
        }
      }
      XCTAssertLessThan(try Self.residentBytes() - before, 8 * Self.size / 4)
    }
  }

  private static func residentBytes() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    return try XCTUnwrap(text.split(separator: " ").dropFirst().first.flatMap { Int($0) }) * 4096
  }

  func testCancellationBreaksDownloadsOff() async throws {
    let connections = Held<[Held<RawConnection>]>([])
    let start = ContinuousClock.now
    try await UploadFixture.serving { fixture in
      let (content, _) = try Self.place(in: fixture.storage)
      let target = try fixture.downloadTarget(for: content)
      connections.value = [try await Self.begin(target, port: fixture.port)]
      // The fixture now cancels the server and waits for it.
    }
    XCTAssertLessThan(start.duration(to: .now), .seconds(20))
    let rest = try await onThread { try connections.value.first?.value.drain() }
    XCTAssertLessThan(rest ?? Self.size, Self.size - 1)
  }

  func testGracefulShutdownLetsDownloadsFinish() async throws {
    let directory = UploadFixture.newDirectory()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let storage = try DiskObjectStorage(directory: directory, keys: UploadFixture.keys)
    let (content, _) = try Self.place(in: storage)
    let (ports, listening) = AsyncStream.makeStream(of: Int.self)
    let server = UploadServer(
      storage: storage, configuration: .init(port: 0), clock: TestClock(),
      logger: TestLog().logger, onListening: { listening.yield($0) })
    let group = ServiceGroup(services: [server], logger: TestLog().logger)
    let running = Task { try await group.run() }
    let port = await ports.first(where: { _ in true }) ?? 0
    let url = try storage.downloadURL(
      for: content, in: "project", expiry: TestClock().present + 60)
    let target = try String(url[XCTUnwrap(url.firstRange(of: "/v1/")).lowerBound...])
    let connection = try await Self.begin(target, port: port)
    await group.triggerGracefulShutdown()
    let rest = try await onThread { try connection.value.drain() }
    XCTAssertEqual(rest, Self.size - 1)
    try await running.value
  }
}
