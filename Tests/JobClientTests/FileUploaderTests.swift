import Foundation
import JobMessages
import ProtobufWire
import Synchronization
import TestSupport
import XCTest

@testable import JobClient

/// Uploads to storages that take them, and to others.
final class FileUploaderTests: XCTestCase {
  private var path = ""
  private let content = Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) })

  override func setUpWithError() throws {
    path = NSTemporaryDirectory() + "FileUploaderTests-" + UUID().uuidString
    try content.write(to: URL(fileURLWithPath: path))
  }

  override func tearDown() {
    try? FileManager.default.removeItem(atPath: path)
  }

  private func upload(
    to url: String, attempts: Int = 1,
    report: @escaping @Sendable (FileUploader.Event) -> Void = { _ in }
  ) async throws -> String? {
    let local = try LocalFile(path: path)
    let entry = StorageFile.with {
      $0.file = local.file
      $0.url = url
    }
    var options = TransferOptions(hosts: TransferHosts(server: "127.0.0.1:50051"), proxies: .none)
    options.attempts = attempts
    options.delay = .zero
    do {
      try await FileUploader(options).upload([entry], from: [local], report: report)
      return nil
    } catch {
      return error.description
    }
  }

  func testTheBodyArrivesAndTheProgressIsTold() async throws {
    let server = try StubServer { _ in .init() }
    defer { server.stop() }
    let told = Mutex<[Int64]>([])
    let error = try await upload(to: "http://127.0.0.1:\(server.port)/x") { event in
      if case .sent(_, let bytes) = event { told.withLock { $0.append(bytes) } }
    }
    XCTAssertNil(error)
    XCTAssertEqual(server.requests.map { Data($0.body) }, [content])
    let head = server.requests.first?.head.lowercased() ?? ""
    XCTAssertTrue(head.hasPrefix("put /x http/1.1\r\n"), head)
    XCTAssertTrue(head.contains("content-length: 300000\r\n"), head)
    let bytes = told.withLock { $0 }
    XCTAssertEqual(bytes, bytes.sorted())
    XCTAssertGreaterThan(Set(bytes).count, 2, "the bar goes from 0 to 100 without a stop")
    XCTAssertEqual(bytes.last, 300_000)
  }

  /// A storage that is away for long answers so for each file, and hangs up every time.
  func testManyRefusalsInARow() async throws {
    for behaviour in [StubServer.Behaviour.readsBody, .ignoresBody] {
      let server = try StubServer(behaviour)
      for number in 0..<100 {
        let error = try await upload(
          to: "http://127.0.0.1:\(server.port)/\(number)?signature=secret")
        let text = try XCTUnwrap(error, "upload \(number)")
        XCTAssertFalse(text.contains("secret"), text)
      }
      server.stop()
      XCTAssertEqual(server.answered, 100)
    }
  }

  func testAStorageThatIsAwayForAWhileIsAskedAgain() async throws {
    let server = try StubServer { number in
      number < 2
        ? .init(status: "503 Service Unavailable", headers: ["Retry-After: 0"]) : .init()
    }
    defer { server.stop() }
    let error = try await upload(to: "http://127.0.0.1:\(server.port)/", attempts: 4)
    XCTAssertNil(error)
    XCTAssertEqual(server.requests.map { Data($0.body) }, [content, content, content])
  }

  func testAttemptsAreBounded() async throws {
    let server = try StubServer()
    defer { server.stop() }
    let error = try await upload(to: "http://127.0.0.1:\(server.port)/", attempts: 3)
    XCTAssertTrue(error?.contains("status 503: away") ?? false, error ?? "")
    XCTAssertEqual(server.answered, 3)
  }

  func testARefusalIsFinalAndShownWithoutControlCharacters() async throws {
    let server = try StubServer { _ in
      .init(status: "403 Forbidden", body: Array("no\u{1B}[2J\u{202E}\n".utf8))
    }
    defer { server.stop() }
    let error = try await upload(to: "http://127.0.0.1:\(server.port)/", attempts: 3)
    XCTAssertTrue(error?.hasSuffix("status 403: no[2J") ?? false, error ?? "")
    XCTAssertEqual(server.answered, 1)
  }

  func testAnUploadThatCannotReachTheServerTellsWhyAndNotTheURL() async throws {
    // Nothing listens on the discard port.
    let error = try await upload(to: "http://127.0.0.1:9/v1/contents/x?signature=hunter2")
    let text = try XCTUnwrap(error)
    XCTAssertFalse(text.contains("hunter2"), text)
    XCTAssertTrue(text.contains(path) && text.contains("Connection refused"), text)
  }

  func testAFileThatHasChangedIsNotSent() async throws {
    let server = try StubServer { _ in .init() }
    defer { server.stop() }
    let local = try LocalFile(path: path)
    try Data("shorter".utf8).write(to: URL(fileURLWithPath: path))
    let entry = StorageFile.with {
      $0.file = local.file
      $0.url = "http://127.0.0.1:\(server.port)/"
    }
    do {
      try await FileUploader(
        TransferOptions(hosts: TransferHosts(server: "127.0.0.1:1"), proxies: .none)
      ).upload([entry], from: [local])
      XCTFail("uploaded")
    } catch {
      XCTAssertTrue(error.description.contains("is not what it was"), error.description)
    }
    XCTAssertEqual(server.answered, 0)
  }
}
