import Foundation
import JobCloning
import TestSupport
import XCTest

@testable import ObjectStorageDisk

/// What the endpoint refuses; each time, nothing is stored.
final class UploadRefusalTests: XCTestCase {
  private let body = Array("the content".utf8)
  private var content: ContentID { ContentID(of: body) }

  // MARK: Bodies

  func testWrongHash() async throws {
    try await UploadFixture.serving { [body, content] fixture in
      let other = Array("the c0ntent".utf8)
      XCTAssertEqual(other.count, body.count)
      let reply = try await fixture.put(other, to: fixture.target(for: content))
      XCTAssertEqual(reply.status, 400)
      XCTAssertTrue(reply.body.contains("SHA-256"))
      fixture.assertNothingStored()
    }
  }

  func testContentLengthMismatchIsRefusedBeforeTheBody() async throws {
    try await UploadFixture.serving { [content] fixture in
      let target = try fixture.target(for: content)
      for length in ["10", "12", "0", "9223372036854775807"] {
        // No body is sent: the answer must not wait for one.
        let reply = try await fixture.request(target, headers: ["Content-Length: \(length)"])
        XCTAssertEqual(reply.status, 400)
        XCTAssertEqual(reply.body, "the body must have exactly 11 bytes\n")
        XCTAssertEqual(reply.headers["connection"], "close")
      }
      fixture.assertNothingStored()
    }
  }

  func testShortChunkedBody() async throws {
    try await UploadFixture.serving { [content] fixture in
      let reply = try await fixture.request(
        fixture.target(for: content), headers: ["Transfer-Encoding: chunked"],
        body: Array("3\r\nthe\r\n0\r\n\r\n".utf8))
      XCTAssertEqual(reply.status, 400)
      fixture.assertNothingStored()
    }
  }

  func testLongChunkedBodyIsRefusedAtTheFirstByteTooMany() async throws {
    try await UploadFixture.serving { [content] fixture in
      // The body has no end: the answer must not wait for it.
      let reply = try await fixture.request(
        fixture.target(for: content), headers: ["Transfer-Encoding: chunked"],
        body: Array("c\r\nthe contents\r\n".utf8))
      XCTAssertEqual(reply.status, 400)
      fixture.assertNothingStored()
    }
  }

  func testBodyWithoutAnyFramingIsEmpty() async throws {
    try await UploadFixture.serving { [content] fixture in
      let reply = try await fixture.request(fixture.target(for: content))
      XCTAssertEqual(reply.status, 400)
      fixture.assertNothingStored()
    }
  }

  func testMalformedChunks() async throws {
    try await UploadFixture.serving { [content] fixture in
      let reply = try await fixture.request(
        fixture.target(for: content), headers: ["Transfer-Encoding: chunked"],
        body: Array("zz\r\nthe content\r\n0\r\n\r\n".utf8))
      XCTAssertEqual(reply.status, 400)
      fixture.assertNothingStored()
    }
  }

  func testAmbiguousFraming() async throws {
    try await UploadFixture.serving { [content] fixture in
      let reply = try await fixture.request(
        fixture.target(for: content),
        headers: ["Content-Length: 11", "Transfer-Encoding: chunked"],
        body: Array("b\r\nthe content\r\n0\r\n\r\n".utf8))
      XCTAssertEqual(reply.status, 400)
      fixture.assertNothingStored()
    }
  }

  // MARK: URLs

  func testExpiredURL() async throws {
    try await UploadFixture.serving { [body, content] fixture in
      let target = try fixture.target(for: content, lifetime: 10)
      fixture.clock.advance(by: 9)
      let intime = try await fixture.put(body, to: target)
      XCTAssertEqual(intime.status, 200)
      fixture.clock.advance(by: 1)
      let late = try await fixture.put(body, to: target)
      XCTAssertEqual(late.status, 403)
      XCTAssertEqual(late.body, "the URL has expired\n")
    }
  }

  func testEachTamperedComponent() async throws {
    try await UploadFixture.serving { [body, content] fixture in
      let target = try fixture.target(for: content)
      let other = ContentID(of: Array("the c0ntent".utf8))
      let expiry = fixture.clock.present + 3600
      let project = Hexadecimal.encode("project".utf8)
      let otherProject = Hexadecimal.encode("projecu".utf8)
      let lastDigit = target.hasSuffix("0") ? "1" : "0"
      let tampered = [
        target.replacingOccurrences(of: content.sha256, with: other.sha256),
        target.replacingOccurrences(of: "size=11", with: "size=12"),
        target.replacingOccurrences(of: "expires=\(expiry)", with: "expires=\(expiry + 1)"),
        target.replacingOccurrences(of: project, with: otherProject),
        target.dropLast() + lastDigit,
        target.dropLast(2) + "",
        target + "00",
      ]
      for target in tampered {
        let size = target.contains("size=12") ? body + [0] : body
        let reply = try await fixture.put(size, to: String(target))
        XCTAssertEqual(reply.status, 403, target)
        XCTAssertEqual(reply.body, "wrong signature\n")
      }
      fixture.assertNothingStored()
    }
  }

  func testURLOfAnotherProjectStoresThereOnly() async throws {
    try await UploadFixture.serving { [body, content] fixture in
      let reply = try await fixture.put(
        body, to: fixture.target(for: content, project: "theirs"))
      XCTAssertEqual(reply.status, 200)
      let theirs = try await fixture.isStored(content, project: "theirs")
      let ours = try await fixture.isStored(content, project: "ours")
      XCTAssertTrue(theirs)
      XCTAssertFalse(ours)
    }
  }

  func testURLSignedWithOtherKeys() async throws {
    try await UploadFixture.serving { [body, content] fixture in
      let grant = ContentGrant(
        method: .put, content: content, projectID: "project",
        expiry: fixture.clock.present + 3600)
      let reply = try await fixture.put(body, to: grant.signedTarget(keys: .random()))
      XCTAssertEqual(reply.status, 403)
      fixture.assertNothingStored()
    }
  }

  func testMalformedURLs() async throws {
    try await UploadFixture.serving { [body, content] fixture in
      let target = try fixture.target(for: content)
      let query = try XCTUnwrap(target.split(separator: "?").last)
      let path = try XCTUnwrap(target.split(separator: "?").first)
      let uppercase = content.sha256.uppercased()
      let malformed = [
        "\(path)", "\(path)?", "\(path)/?\(query)", "\(path)/more?\(query)",
        "\(path)?\(query)&more=1", "\(path)?\(query)&size=11", "\(target)&", "\(target)&&",
        target.replacingOccurrences(of: "size=11", with: "size=011"),
        target.replacingOccurrences(of: "size=11", with: "size=+11"),
        target.replacingOccurrences(of: "size=11", with: "size=-11"),
        target.replacingOccurrences(of: "size=11", with: "size=99999999999999999999"),
        target.replacingOccurrences(of: "size=11", with: "size="),
        target.replacingOccurrences(of: "expires=", with: "expires=%31"),
        target.replacingOccurrences(of: "signature=", with: "Signature="),
        target.replacingOccurrences(of: content.sha256, with: uppercase),
        target.replacingOccurrences(of: content.sha256, with: content.sha256 + "0"),
        target.replacingOccurrences(of: content.sha256, with: ""),
        target.replacingOccurrences(of: "/v1/contents/", with: "/v1/contents/f"),
        target.replacingOccurrences(of: "/v1/contents/", with: "/v1/contents/ff"),
        target.replacingOccurrences(of: "/v1/contents/", with: "/v1/contents//"),
      ]
      for target in malformed {
        let reply = try await fixture.put(body, to: target)
        XCTAssertEqual(reply.status, 400, target)
        XCTAssertEqual(reply.body, "malformed URL\n")
      }
      fixture.assertNothingStored()
    }
  }

  func testPathTraversalInEveryPart() async throws {
    try await UploadFixture.serving { [body, content] fixture in
      let target = try fixture.target(for: content)
      let project = Hexadecimal.encode("project".utf8)
      let attempts = ["..", "../..", "%2e%2e%2f", "..%2f..%2fetc", "%00", "/etc/passwd", "~"]
      for attempt in attempts {
        for part in ["v1", "contents", project, content.sha256, "11"] {
          let path = target.replacingOccurrences(of: part, with: attempt)
          let reply = try await fixture.put(body, to: path)
          XCTAssertTrue((400..<500).contains(reply.status), "\(path): \(reply.status)")
        }
        let before = try await fixture.put(body, to: "/" + attempt + target)
        XCTAssertTrue((400..<500).contains(before.status))
      }
      fixture.assertNothingStored()
    }
  }

  func testUnknownPaths() async throws {
    try await UploadFixture.serving { fixture in
      for path in ["/", "/healthz", "/v1/contents", "/v2/contents/", "*", "/tmp/x"] {
        let reply = try await fixture.request(path, headers: ["Content-Length: 0"])
        XCTAssertEqual(reply.status, 404, path)
      }
    }
  }

  // MARK: Methods

  func testOtherMethods() async throws {
    try await UploadFixture.serving { [body, content] fixture in
      let target = try fixture.target(for: content)
      for method in ["POST", "DELETE", "OPTIONS", "PATCH", "TRACE"] {
        let reply = try await fixture.request(target, method: method)
        XCTAssertEqual(reply.status, 405, method)
        XCTAssertEqual(reply.headers["allow"], "GET, HEAD, PUT", method)
      }
      let withBody = try await fixture.request(
        target, method: "POST", headers: ["Content-Length: \(body.count)"], body: body)
      XCTAssertEqual(withBody.status, 405)
      fixture.assertNothingStored()
    }
  }

  // MARK: Requests that are not quite HTTP

  func testHugeHeader() async throws {
    try await UploadFixture.serving { [content] fixture in
      let target = try fixture.target(for: content)
      let start = ContinuousClock.now
      let reply = try await fixture.request(
        target,
        headers: ["Content-Length: 11", "X-Big: " + String(repeating: "a", count: 100_000)])
      XCTAssertEqual(reply.status, 400)
      XCTAssertLessThan(start.duration(to: .now), .seconds(5))
      fixture.assertNothingStored()
    }
  }

  func testGarbage() async throws {
    try await UploadFixture.serving { fixture in
      let status = try await onThread { [port = fixture.port] in
        let connection = try RawConnection(port: port)
        connection.send("\u{16}\u{3}\u{1} this is not HTTP\r\n\r\n")
        return try connection.response().status
      }
      XCTAssertEqual(status, 400)
    }
  }

  /// A client that sends all of a refused body first still reads why it was refused.
  func testRefusedBodyIsReadBeforeTheConnectionIsClosed() async throws {
    try await UploadFixture.serving { fixture in
      let body = [UInt8](repeating: 1, count: 4_000_000)
      let target = try fixture.target(for: ContentID(of: body), lifetime: 0)
      let reply = try await fixture.put(body, to: target)
      XCTAssertEqual(reply.status, 403)
      fixture.assertNothingStored()
    }
  }
}
