import Foundation
import JobClient
import JobMessages
import ProtobufWire
import XCTest

/// Uploads to storages that do not take them.
final class FileUploaderTests: XCTestCase {
  private var path = ""

  override func setUpWithError() throws {
    path = NSTemporaryDirectory() + "FileUploaderTests-" + UUID().uuidString
    try Data(repeating: 1, count: 300_000).write(to: URL(fileURLWithPath: path))
  }

  override func tearDown() {
    try? FileManager.default.removeItem(atPath: path)
  }

  private func upload(to url: String) async -> String? {
    let file = StorageFile.with {
      $0.file = .with { $0.desc = .with { $0.path = path } }
      $0.url = url
    }
    do {
      try await FileUploader().upload([file])
      return nil
    } catch {
      return error.description
    }
  }

  /// A storage that is away for long answers so for each file, and hangs up every time.
  func testManyRefusalsInARow() async throws {
    for behaviour in [StubServer.Behaviour.readsBody, .ignoresBody] {
      let server = try StubServer(behaviour)
      for number in 0..<100 {
        let error = await upload(to: "http://127.0.0.1:\(server.port)/\(number)?signature=secret")
        let text = try XCTUnwrap(error, "upload \(number)")
        XCTAssertFalse(text.contains("secret"), text)
      }
      server.stop()
      XCTAssertEqual(server.answered, 100)
    }
  }
}
