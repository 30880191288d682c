import Foundation
import JobCloning
import XCTest

@testable import ObjectStorageDisk

/// A public URL that is set, and changed, while the storage is in use.
final class PublicURLFileTests: XCTestCase {
  func testTheURLFollowsTheFile() async throws {
    let directory = UploadFixture.newDirectory()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let storage = try DiskObjectStorage(directory: directory, keys: UploadFixture.keys)
    let path = directory + "/public-url"
    let log = TestLog()
    let file = PublicURLFile(
      path: path, storage: storage, interval: .milliseconds(1), logger: log.logger)
    let running = Task { try await file.run() }
    let content = ContentID(of: [1])
    func url() -> String? {
      try? storage.uploadURL(for: content, in: "project", expiry: 2_000_000_000)
    }
    func write(_ text: String) throws {
      // In one step, as whoever maps ports should.
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
      XCTAssertEqual(chmod(path, 0o644), 0)
    }
    storage.listening(on: "http://127.0.0.1:50052")
    XCTAssertNil(url(), "the address that is listened on is not the public one")
    await log.waitForLine(with: "no public URL")
    try write("# container\n\nhttp://localhost:32768\n")
    while url() == nil { await Task.yield() }
    XCTAssertTrue(url()?.hasPrefix("http://localhost:32768/v1/") ?? false, url() ?? "")
    for wrong in ["", "localhost:32769\n", "http://a http://b\n", "http://a\nhttp://b\n"] {
      try write(wrong)
      await log.waitForLine(with: wrong == "localhost:32769\n" ? "line 1" : "must have one line")
      XCTAssertTrue(url()?.hasPrefix("http://localhost:32768/v1/") ?? false, wrong)
    }
    try write("https://uploads.example.org/jobs/")
    while !(url()?.hasPrefix("https://uploads.example.org/jobs/v1/") ?? false) {
      await Task.yield()
    }
    running.cancel()
    try await running.value
  }
}
