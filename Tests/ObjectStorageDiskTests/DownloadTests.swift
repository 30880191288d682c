import Foundation
import JobCloning
import TestSupport
import XCTest

@testable import ObjectStorageDisk

/// What the endpoint sends, and to whom.
final class DownloadTests: XCTestCase {
  func testGetSendsTheContent() async throws {
    try await UploadFixture.serving { fixture in
      let body = Array("\u{0}hello\r\n".utf8)
      let content = try await fixture.store(body)
      let reply = try await fixture.get(fixture.downloadTarget(for: content))
      XCTAssertEqual(reply.status, 200)
      XCTAssertEqual(reply.bytes, body)
      XCTAssertEqual(reply.headers["content-length"], "8")
      XCTAssertEqual(reply.headers["content-type"], "application/octet-stream")
      XCTAssertEqual(reply.headers["content-disposition"], "attachment")
      XCTAssertEqual(reply.headers["etag"], "\"\(content.sha256)\"")
      XCTAssertEqual(reply.headers["accept-ranges"], "bytes")
      XCTAssertNotNil(reply.headers["date"])
    }
  }

  func testHeadTellsTheLength() async throws {
    try await UploadFixture.serving { fixture in
      let content = try await fixture.store([UInt8](repeating: 7, count: 300_000))
      let target = try fixture.downloadTarget(for: content)
      // A range is for GET alone.
      let reply = try await fixture.request(target, method: "HEAD", headers: ["Range: bytes=0-1"])
      XCTAssertEqual(reply.status, 200)
      XCTAssertEqual(reply.headers["content-length"], "300000")
      try await fixture.storage.remove(content, in: "project")
      let gone = try await fixture.request(target, method: "HEAD")
      XCTAssertEqual(gone.status, 404)
    }
  }

  func testLargeContent() async throws {
    try await UploadFixture.serving { fixture in
      let body = (0..<20_000_001).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      let content = try await fixture.store(body)
      let reply = try await fixture.get(fixture.downloadTarget(for: content))
      XCTAssertEqual(reply.status, 200)
      XCTAssertTrue(reply.bytes == body)
    }
  }

  /// It is always stored, and has no file.
  func testEmptyContent() async throws {
    try await UploadFixture.serving { fixture in
      let target = try fixture.downloadTarget(for: ContentID(of: []))
      let reply = try await fixture.get(target)
      XCTAssertEqual(reply.status, 200)
      XCTAssertEqual(reply.headers["content-length"], "0")
      let range = try await fixture.get(target, headers: ["Range: bytes=0-"])
      XCTAssertEqual(range.status, 416)
    }
  }

  func testSeveralTransfersOnOneConnection() async throws {
    try await UploadFixture.serving { fixture in
      let bodies = (0..<5).map { number in
        (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* number) }
      }
      let contents = bodies.map { ContentID(of: $0) }
      let puts = try contents.map { try fixture.target(for: $0) }
      let gets = try contents.map { try fixture.downloadTarget(for: $0) }
      try await onThread { [port = fixture.port] in
        let connection = try RawConnection(port: port)
        for ((put, get), body) in zip(zip(puts, gets), bodies) {
          XCTAssertEqual(try connection.put(body, to: put).status, 200)
          connection.send("HEAD \(get) HTTP/1.1\r\nHost: test\r\n\r\n")
          XCTAssertEqual(try connection.response(toHead: true).status, 200)
          connection.send("GET \(get) HTTP/1.1\r\nHost: test\r\n\r\n")
          XCTAssertEqual(try connection.response().bytes, body)
        }
      }
    }
  }

  func testCurlDownloadsAndResumes() async throws {
    try await UploadFixture.serving { fixture in
      let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 13) }
      let content = try await fixture.store(body)
      let url = try fixture.storage.downloadURL(
        for: content, in: "project", expiry: fixture.clock.present + 60)
      let file = fixture.directory + "/../" + UUID().uuidString
      defer { try? FileManager.default.removeItem(atPath: file) }
      try Data(body.prefix(1_234_567)).write(to: URL(fileURLWithPath: file))
      let status = try await onThread {
        let curl = Process()
        curl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        curl.arguments = ["curl", "-sf", "--max-time", "20", "-C", "-", "-o", file, url]
        try curl.run()
        curl.waitUntilExit()
        return curl.terminationStatus
      }
      XCTAssertEqual(status, 0)
      let whole = FileManager.default.contents(atPath: file)
      XCTAssertTrue(whole == Data(body))
    }
  }

  // MARK: Parts

  func testRanges() async throws {
    try await UploadFixture.serving { fixture in
      let body = Array("0123456789".utf8)
      let target = try fixture.downloadTarget(for: await fixture.store(body))
      let parts: [(header: String, range: String, body: String)] = [
        ("bytes=0-0", "bytes 0-0/10", "0"), ("bytes=2-5", "bytes 2-5/10", "2345"),
        ("bytes=8-", "bytes 8-9/10", "89"), ("bytes=5-99", "bytes 5-9/10", "56789"),
        ("bytes=-3", "bytes 7-9/10", "789"), ("bytes=-99", "bytes 0-9/10", "0123456789"),
        ("Bytes=0-1", "bytes 0-1/10", "01"),
        ("bytes=9-99999999999999999999", "bytes 9-9/10", "9"),
      ]
      for part in parts {
        let reply = try await fixture.get(target, headers: ["Range: \(part.header)"])
        XCTAssertEqual(reply.status, 206, part.header)
        XCTAssertEqual(reply.headers["content-range"], part.range)
        XCTAssertEqual(reply.body, part.body)
      }
      for header in ["bytes=10-", "bytes=10-12", "bytes=-0", "bytes=99999999999999999999-"] {
        let reply = try await fixture.get(target, headers: ["Range: \(header)"])
        XCTAssertEqual(reply.status, 416, header)
        XCTAssertEqual(reply.headers["content-range"], "bytes */10")
      }
      let ignored = [
        "bytes=", "bytes=-", "bytes=5-2", "bytes=0-1,3-4", "bytes=a-b", "bytes=+1-2", "bytes=--1",
        "bytes= 1-2", "lines=0-1", "bytes=1", "0-1", "bytes=1-2-3", "bytes=٣-٤",
      ]
      for header in ignored {
        let reply = try await fixture.get(target, headers: ["Range: \(header)"])
        XCTAssertEqual(reply.status, 200, header)
        XCTAssertEqual(reply.bytes, body)
      }
    }
  }

  func testARangeOfAnotherContentIsIgnored() async throws {
    try await UploadFixture.serving { fixture in
      let content = try await fixture.store(Array("0123456789".utf8))
      let target = try fixture.downloadTarget(for: content)
      let same = try await fixture.get(
        target, headers: ["Range: bytes=1-2", "If-Range: \"\(content.sha256)\""])
      XCTAssertEqual(same.body, "12")
      let other = try await fixture.get(target, headers: ["Range: bytes=1-2", "If-Range: \"x\""])
      XCTAssertEqual(other.body, "0123456789")
    }
  }

  // MARK: Refusals

  func testAURLIsForItsMethodAlone() async throws {
    try await UploadFixture.serving { fixture in
      let stored = try await fixture.store([1, 2, 3])
      let absent = ContentID(of: [4, 5])
      for method in ["GET", "HEAD"] {
        let reply = try await fixture.request(fixture.target(for: stored), method: method)
        XCTAssertEqual(reply.status, 403, method)
      }
      let reply = try await fixture.put([4, 5], to: fixture.downloadTarget(for: absent))
      XCTAssertEqual(reply.status, 403)
      let isThere = try await fixture.isStored(absent)
      XCTAssertFalse(isThere)
      let post = try await fixture.request(fixture.downloadTarget(for: stored), method: "POST")
      XCTAssertEqual(post.status, 405)
      XCTAssertEqual(post.headers["allow"], "GET, HEAD, PUT")
    }
  }

  /// Without a valid URL nobody learns what is stored.
  func testABadURLTellsNothing() async throws {
    try await UploadFixture.serving { fixture in
      let stored = try await fixture.store([1, 2, 3])
      for content in [stored, ContentID(of: [4, 5, 6])] {
        let target = try fixture.downloadTarget(for: content)
        let other = ContentID(of: [7, 8, 9])
        let tampered = [
          target + "00", String(target.dropLast(2)),
          target.replacingOccurrences(of: content.sha256, with: other.sha256),
          target.replacingOccurrences(of: "size=3", with: "size=4"),
          target.replacingOccurrences(of: "expires=1", with: "expires=2"),
        ]
        for target in tampered {
          let reply = try await fixture.get(target)
          XCTAssertEqual(reply.status, 403, target)
          XCTAssertEqual(reply.body, "wrong signature\n")
        }
        let expired = try await fixture.get(fixture.downloadTarget(for: content, lifetime: 0))
        XCTAssertEqual(expired.status, 403)
        XCTAssertEqual(expired.body, "the URL has expired\n")
        let malformed = try await fixture.get(target + "&more=1")
        XCTAssertEqual(malformed.status, 400)
      }
    }
  }

  func testWhatIsNotStoredIsNotFound() async throws {
    try await UploadFixture.serving { fixture in
      let content = try await fixture.store([1, 2, 3])
      let lying = ContentID(sha256: content.sha256, sizeBytes: 4)
      let targets = [
        try fixture.downloadTarget(for: lying), try fixture.downloadTarget(for: .init(of: [4])),
        try fixture.downloadTarget(for: content, project: "another"),
      ]
      for target in targets {
        let reply = try await fixture.get(target, headers: ["Range: bytes=0-0"])
        XCTAssertEqual(reply.status, 404)
        XCTAssertEqual(reply.body, "the content is not stored\n")
      }
      let target = try fixture.downloadTarget(for: content)
      let before = try await fixture.get(target)
      XCTAssertEqual(before.status, 200)
      try await fixture.storage.remove(content, in: "project")
      let after = try await fixture.get(target)
      XCTAssertEqual(after.status, 404)
    }
  }

  func testWhatIsNoFileIsNotSent() async throws {
    try await UploadFixture.serving { fixture in
      let content = ContentID(sha256: ContentID(of: [1]).sha256, sizeBytes: 0)
      let location = try XCTUnwrap(fixture.storage.layout.location(of: content, in: "project"))
      try FileSystem.makeFolders(XCTUnwrap(location.folders.last))
      XCTAssertEqual(mkfifo(location.file, 0o600), 0)
      let pipe = try await fixture.get(fixture.downloadTarget(for: content))
      XCTAssertEqual(pipe.status, 404)
      unlink(location.file)
      XCTAssertEqual(symlink("/etc/hostname", location.file), 0)
      let link = try await fixture.get(fixture.downloadTarget(for: content))
      XCTAssertEqual(link.status, 503)
      unlink(location.file)
    }
  }
}
