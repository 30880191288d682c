import Crypto
import Foundation
import JobCloning
import JobMessages
import Logging
import Synchronization
import TestSupport
import XCTest

@testable import ObjectStorageDisk

/// A clock that stands still until a test moves it.
final class TestClock: WallClock {
  private let seconds = Mutex<Int64>(1_700_000_000)

  var present: Int64 { seconds.withLock { $0 } }

  func advance(by interval: Int64) { seconds.withLock { $0 += interval } }

  func now() -> ProtobufTimestamp { ProtobufTimestamp(seconds: present) }
}

/// Everything that is logged, in one text.
final class TestLog: Sendable {
  private struct State {
    var lines: [String] = []
    var waiting: [(text: String, found: CheckedContinuation<Void, Never>)] = []
  }

  private let state = Mutex(State())

  var text: String { state.withLock { $0.lines.joined(separator: "\n") } }

  /// Returns once a line with this text has been logged.
  func waitForLine(with text: String) async {
    await withCheckedContinuation { found in
      state.withLock { state in
        if state.lines.contains(where: { $0.contains(text) }) {
          found.resume()
        } else {
          state.waiting.append((text, found))
        }
      }
    }
  }

  private func add(_ line: String) {
    state.withLock { state in
      state.lines.append(line)
      for waiter in state.waiting where line.contains(waiter.text) { waiter.found.resume() }
      state.waiting.removeAll { line.contains($0.text) }
    }
  }

  var logger: Logger {
    var logger = Logger(label: "test") { _ in Handler(log: self) }
    logger.logLevel = .trace
    return logger
  }

  private struct Handler: LogHandler {
    let log: TestLog
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .trace

    init(log: TestLog) { self.log = log }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let all = metadata.merging(event.metadata ?? [:]) { $1 }
      log.add("\(event.level) \(event.message) \(all)")
    }
  }
}

extension ContentID {
  /// What these bytes are stored as.
  init(of bytes: [UInt8]) {
    let hash = SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
    self.init(sha256: hash, sizeBytes: Int64(bytes.count))
  }
}

/// A storage in a new directory and a server for it, for the time of one test.
final class UploadFixture: Sendable {
  let directory: String
  let storage: DiskObjectStorage
  let port: Int
  let clock: TestClock
  let log: TestLog

  static let keys = KeyRing.random()

  private init(
    directory: String, storage: DiskObjectStorage, port: Int, clock: TestClock, log: TestLog
  ) {
    self.directory = directory
    self.storage = storage
    self.port = port
    self.clock = clock
    self.log = log
  }

  /// A path that does not exist yet.
  static func newDirectory() -> String {
    NSTemporaryDirectory() + "ObjectStorageDiskTests-" + UUID().uuidString
  }

  /// Serves while `body` runs, then stops the server and checks that it left no unfinished file.
  static func serving(
    directory: String = newDirectory(), publicURL: String? = nil,
    idleTimeout: Duration = .seconds(20), maximumConnections: Int = 256,
    pace: TransferPace = TransferPace(), maximumUnfinishedBytes: Int64 = 16 << 30,
    _ body: @Sendable (UploadFixture) async throws -> Void
  ) async throws {
    let storage = try DiskObjectStorage(directory: directory, publicURL: publicURL, keys: keys)
    let clock = TestClock()
    let log = TestLog()
    let (ports, listening) = AsyncStream.makeStream(of: Int.self)
    var configuration = UploadServer.Configuration(
      port: 0, idleTimeout: idleTimeout, maximumConnections: maximumConnections)
    configuration.pace = pace
    configuration.maximumUnfinishedBytes = maximumUnfinishedBytes
    let server = UploadServer(
      storage: storage, configuration: configuration, clock: clock, logger: log.logger,
      onListening: { listening.yield($0) })
    let running = Task {
      defer { listening.finish() }
      try await server.run()
    }
    defer { try? FileManager.default.removeItem(atPath: directory) }
    guard let port = await ports.first(where: { _ in true }) else {
      try await running.value
      return XCTFail("the server ended before it listened")
    }
    let fixture = UploadFixture(
      directory: directory, storage: storage, port: port, clock: clock, log: log)
    let result = await Result { try await body(fixture) }
    running.cancel()
    try await running.value
    try result.get()
    XCTAssertEqual(fixture.unfinishedUploads, [], "unfinished uploads were left behind")
  }

  /// A URL for a content, valid for an hour of the test clock.
  func url(
    for content: ContentID, project: String = "project", lifetime: Int64 = 3600
  ) throws -> String {
    try storage.uploadURL(for: content, in: project, expiry: clock.present + lifetime)
  }

  /// The path and query of ``url(for:project:lifetime:)``.
  func target(
    for content: ContentID, project: String = "project", lifetime: Int64 = 3600
  ) throws -> String {
    let url = try url(for: content, project: project, lifetime: lifetime)
    return try Self.target(of: url)
  }

  /// The path and query of a URL to download a content.
  func downloadTarget(
    for content: ContentID, project: String = "project", lifetime: Int64 = 3600
  ) throws -> String {
    try Self.target(
      of: storage.downloadURL(for: content, in: project, expiry: clock.present + lifetime))
  }

  private static func target(of url: String) throws -> String {
    try String(url[XCTUnwrap(url.firstRange(of: "/v1/")).lowerBound...])
  }

  /// Stores a content and returns what it is stored as.
  func store(_ body: [UInt8], project: String = "project") async throws -> ContentID {
    let content = ContentID(of: body)
    let reply = try await put(body, to: target(for: content, project: project))
    XCTAssertEqual(reply.status, 200)
    return content
  }

  /// Sends one request on a connection of its own and returns the reply.
  func request(
    _ target: String, method: String = "PUT", headers: [String] = [], body: [UInt8] = []
  ) async throws -> RawConnection.Response {
    try await onThread { [port] in
      let connection = try RawConnection(port: port)
      connection.send(
        "\(method) \(target) HTTP/1.1\r\nHost: test\r\n"
          + headers.map { $0 + "\r\n" }.joined() + "\r\n")
      connection.send(body)
      return try connection.response(toHead: method == "HEAD")
    }
  }

  /// Gets a content.
  func get(_ target: String, headers: [String] = []) async throws -> RawConnection.Response {
    try await request(target, method: "GET", headers: headers)
  }

  /// Puts a body with its length.
  func put(_ body: [UInt8], to target: String) async throws -> RawConnection.Response {
    try await request(target, headers: ["Content-Length: \(body.count)"], body: body)
  }

  func isStored(_ content: ContentID, project: String = "project") async throws -> Bool {
    // A storage of its own, so that nothing is known from memory.
    let fresh = try DiskObjectStorage(
      directory: directory, publicURL: "http://unused", keys: Self.keys)
    return try await fresh.stored(among: [content], in: project) == [content]
  }

  /// Every file below the directory but those that name a project, by its path from there.
  var files: [String] {
    let enumerator = FileManager.default.enumerator(atPath: directory)
    return (enumerator?.compactMap { $0 as? String } ?? []).filter {
      var isDirectory: ObjCBool = false
      return FileManager.default.fileExists(
        atPath: directory + "/" + $0, isDirectory: &isDirectory)
        && !isDirectory.boolValue && !$0.hasSuffix("/project")
    }
  }

  func assertNothingStored(file: StaticString = #filePath, line: UInt = #line) {
    let stored = files.filter { !$0.hasPrefix("tmp/") }
    XCTAssertEqual(stored, [], "something was stored", file: file, line: line)
  }

  var unfinishedUploads: [String] { files.filter { $0.hasPrefix("tmp/") } }

  /// How many bytes lie in unfinished uploads.
  var unfinishedBytes: Int {
    unfinishedUploads.reduce(0) { sum, name in
      let attributes = try? FileManager.default.attributesOfItem(atPath: directory + "/" + name)
      return sum + (attributes?[.size] as? Int ?? 0)
    }
  }
}

extension Result where Failure == any Error {
  /// What an asynchronous body returned or threw.
  init(_ body: () async throws -> Success) async {
    do {
      self = .success(try await body())
    } catch {
      self = .failure(error)
    }
  }
}
