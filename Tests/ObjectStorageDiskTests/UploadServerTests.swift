import Foundation
import JobCloning
import Synchronization
import TestSupport
import XCTest

@testable import ObjectStorageDisk

/// What the endpoint accepts.
final class UploadServerTests: XCTestCase {
  func testPutStoresTheContent() async throws {
    try await UploadFixture.serving { fixture in
      let body = Array("hello".utf8)
      let content = ContentID(of: body)
      let reply = try await fixture.put(body, to: fixture.target(for: content))
      XCTAssertEqual(reply.status, 200)
      XCTAssertEqual(reply.body, "stored\n")
      XCTAssertNotNil(reply.headers["date"])
      let stored = try await fixture.isStored(content)
      XCTAssertTrue(stored)
      let file = try XCTUnwrap(fixture.files.first)
      XCTAssertEqual(fixture.files.count, 1)
      XCTAssertTrue(file.hasSuffix("/\(content.sha256.prefix(2))/\(content.sha256)"), file)
      let kept = FileManager.default.contents(atPath: fixture.directory + "/" + file)
      XCTAssertEqual(kept.map { [UInt8]($0) }, body)
    }
  }

  func testLargeBodyIsStreamed() async throws {
    try await UploadFixture.serving { fixture in
      let body = (0..<20_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      let content = ContentID(of: body)
      let reply = try await fixture.put(body, to: fixture.target(for: content))
      XCTAssertEqual(reply.status, 200)
      let stored = try await fixture.isStored(content)
      XCTAssertTrue(stored)
    }
  }

  func testChunkedBodyWithoutLength() async throws {
    try await UploadFixture.serving { fixture in
      let content = ContentID(of: Array("hello, world".utf8))
      let chunks = "5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n"
      let reply = try await fixture.request(
        fixture.target(for: content), headers: ["Transfer-Encoding: chunked"],
        body: Array(chunks.utf8))
      XCTAssertEqual(reply.status, 200)
      let stored = try await fixture.isStored(content)
      XCTAssertTrue(stored)
    }
  }

  /// The official client sends an empty file chunked, without a length.
  func testEmptyBody() async throws {
    try await UploadFixture.serving { fixture in
      let empty = ContentID(of: [])
      let target = try fixture.target(for: empty)
      let chunked = try await fixture.request(
        target, headers: ["Transfer-Encoding: chunked"], body: Array("0\r\n\r\n".utf8))
      XCTAssertEqual(chunked.status, 200)
      let counted = try await fixture.put([], to: target)
      XCTAssertEqual(counted.status, 200)
      let bare = try await fixture.request(target)
      XCTAssertEqual(bare.status, 200)
    }
  }

  func testPutOfStoredContentAnswers200() async throws {
    try await UploadFixture.serving { fixture in
      let body = [UInt8](repeating: 7, count: 300_000)
      let target = try fixture.target(for: ContentID(of: body))
      for _ in 0..<3 {
        let reply = try await fixture.put(body, to: target)
        XCTAssertEqual(reply.status, 200)
      }
      XCTAssertEqual(fixture.files.count, 1)
    }
  }

  func testWrongBodyForStoredContentIsRefused() async throws {
    try await UploadFixture.serving { fixture in
      let body = Array("right".utf8)
      let target = try fixture.target(for: ContentID(of: body))
      _ = try await fixture.put(body, to: target)
      let reply = try await fixture.put(Array("wrong".utf8), to: target)
      XCTAssertEqual(reply.status, 400)
      let stored = try await fixture.isStored(ContentID(of: body))
      XCTAssertTrue(stored)
    }
  }

  func testConcurrentPutsOfOneContent() async throws {
    try await UploadFixture.serving { fixture in
      let body = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 17) }
      let content = ContentID(of: body)
      let target = try fixture.target(for: content)
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<16 {
          group.addTask { try await fixture.put(body, to: target).status }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      XCTAssertEqual(statuses, Array(repeating: 200, count: 16))
      XCTAssertEqual(fixture.files.count, 1)
      let stored = try await fixture.isStored(content)
      XCTAssertTrue(stored)
    }
  }

  func testSeveralPutsOnOneConnection() async throws {
    try await UploadFixture.serving { fixture in
      let bodies = (0..<5).map { Array("body \($0)".utf8) }
      let targets = try bodies.map { try fixture.target(for: ContentID(of: $0)) }
      let statuses = try await onThread { [port = fixture.port] in
        let connection = try RawConnection(port: port)
        return try zip(targets, bodies).map { target, body in
          connection.send(
            "PUT \(target) HTTP/1.1\r\nHost: test\r\nContent-Length: \(body.count)\r\n\r\n")
          connection.send(body)
          return try connection.response().status
        }
      }
      XCTAssertEqual(statuses, Array(repeating: 200, count: 5))
    }
  }

  func testExpectContinue() async throws {
    try await UploadFixture.serving { fixture in
      let body = Array("patience".utf8)
      let content = ContentID(of: body)
      let target = try fixture.target(for: content)
      let statuses = try await onThread { [port = fixture.port] in
        let connection = try RawConnection(port: port)
        connection.send(
          "PUT \(target) HTTP/1.1\r\nHost: test\r\nContent-Length: \(body.count)\r\n"
            + "Expect: 100-continue\r\n\r\n")
        let first = try connection.response().status
        connection.send(body)
        return try [first, connection.response().status]
      }
      XCTAssertEqual(statuses, [100, 200])
    }
  }

  func testExpectContinueIsRefusedBeforeTheBody() async throws {
    try await UploadFixture.serving { fixture in
      let target = try fixture.target(for: ContentID(of: [1]), lifetime: 0)
      let reply = try await fixture.request(
        target, headers: ["Content-Length: 1", "Expect: 100-continue"])
      XCTAssertEqual(reply.status, 403)
    }
  }

  /// curl asks for `100 Continue` before a body of more than a megabyte.
  func testCurlUploads() async throws {
    try await UploadFixture.serving { fixture in
      let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 13) }
      let content = ContentID(of: body)
      let file = fixture.directory + "/../" + UUID().uuidString
      try Data(body).write(to: URL(fileURLWithPath: file))
      defer { try? FileManager.default.removeItem(atPath: file) }
      let url = try fixture.url(for: content)
      let output = try await onThread {
        let curl = Process()
        curl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        curl.arguments = ["curl", "-sv", "--max-time", "20", "-T", file, url]
        let pipe = Pipe()
        curl.standardOutput = pipe
        curl.standardError = pipe
        try curl.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        curl.waitUntilExit()
        return String(decoding: output, as: UTF8.self)
      }
      XCTAssertTrue(output.contains("< HTTP/1.1 100 Continue"), output)
      XCTAssertTrue(output.contains("< HTTP/1.1 200 OK"), output)
      let stored = try await fixture.isStored(content)
      XCTAssertTrue(stored)
    }
  }

  func testContentsAndURLsSurviveARestart() async throws {
    let directory = UploadFixture.newDirectory()
    let kept = directory + "-kept"
    let first = Array("first".utf8)
    let second = Array("second".utf8)
    let target = Mutex<String>("")
    try await UploadFixture.serving(directory: directory) { fixture in
      let reply = try await fixture.put(first, to: fixture.target(for: ContentID(of: first)))
      XCTAssertEqual(reply.status, 200)
      let later = try fixture.target(for: ContentID(of: second))
      target.withLock { $0 = later }
      try FileManager.default.copyItem(atPath: directory, toPath: kept)
    }
    try await UploadFixture.serving(directory: kept) { fixture in
      let stored = try await fixture.isStored(ContentID(of: first))
      XCTAssertTrue(stored)
      let reply = try await fixture.put(second, to: target.withLock { $0 })
      XCTAssertEqual(reply.status, 200)
    }
  }

  func testPathOfThePublicURLMayReachTheServer() async throws {
    try await UploadFixture.serving(publicURL: "https://jobs.example/uploads/") { fixture in
      let body = Array("proxied".utf8)
      let url = try fixture.url(for: ContentID(of: body))
      XCTAssertTrue(url.hasPrefix("https://jobs.example/uploads/v1/contents/"), url)
      let passedOn = try XCTUnwrap(url.firstRange(of: "/uploads/"))
      let kept = try await fixture.put(body, to: String(url[passedOn.lowerBound...]))
      XCTAssertEqual(kept.status, 200)
      let removed = try await fixture.put(body, to: fixture.target(for: ContentID(of: body)))
      XCTAssertEqual(removed.status, 200)
    }
  }

  func testNothingSecretIsLogged() async throws {
    try await UploadFixture.serving { fixture in
      let body = Array("logged".utf8)
      let content = ContentID(of: body)
      let target = try fixture.target(for: content)
      _ = try await fixture.put(body, to: target)
      _ = try await fixture.put([1, 2], to: target)
      _ = try await fixture.request(target, method: "GET")
      let download = try fixture.downloadTarget(for: content)
      _ = try await fixture.get(download)
      _ = try await fixture.get(download + "0")
      _ = try await fixture.request(target + "0", headers: ["Content-Length: 0"])
      let signature = try XCTUnwrap(target.split(separator: "signature=").last)
      XCTAssertTrue(fixture.log.text.contains(content.sha256))
      XCTAssertFalse(fixture.log.text.contains(signature), fixture.log.text)
      let other = try XCTUnwrap(download.split(separator: "signature=").last)
      XCTAssertFalse(fixture.log.text.contains(other), fixture.log.text)
      XCTAssertFalse(fixture.log.text.contains("/v1/contents"), fixture.log.text)
    }
  }
}
