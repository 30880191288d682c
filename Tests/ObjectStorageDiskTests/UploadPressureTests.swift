import Foundation
import JobCloning
import TestSupport
import XCTest

@testable import ObjectStorageDisk

/// More connections, uploads and bytes than there is room for.
final class UploadPressureTests: XCTestCase {
  private let body = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }

  private static func head(_ target: String, length: Int) -> String {
    "PUT \(target) HTTP/1.1\r\nHost: test\r\nContent-Length: \(length)\r\n\r\n"
  }

  /// An upload that is under way once this returns, with nothing of its body sent.
  private static func begin(
    _ target: String, length: Int, port: Int
  ) throws -> RawConnection {
    let connection = try RawConnection(port: port)
    connection.send(
      "PUT \(target) HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\n"
        + "Content-Length: \(length)\r\n\r\n")
    XCTAssertEqual(try connection.response().status, 100)
    return connection
  }

  // MARK: - Connections

  /// The idle timeout is far away: whoever is served has taken the place of a silent socket.
  func testSilentSocketsDoNotDelayAnUpload() async throws {
    try await UploadFixture.serving(idleTimeout: .seconds(600)) { [body] fixture in
      let target = try fixture.target(for: ContentID(of: body))
      try await onThread { [port = fixture.port] in
        let silent = try (0..<300).map { _ in try RawConnection(port: port) }
        XCTAssertEqual(try RawConnection(port: port).put(body, to: target).status, 200)
        withExtendedLifetime(silent) {}
      }
    }
  }

  func testTrickledHeadersGiveWayAndAnUploadGoesOn() async throws {
    try await UploadFixture.serving(
      idleTimeout: .seconds(600), maximumConnections: 4
    ) { [body] fixture in
      let target = try fixture.target(for: ContentID(of: body))
      let other = Array("other".utf8)
      let otherTarget = try fixture.target(for: ContentID(of: other))
      try await onThread { [port = fixture.port] in
        let uploading = try Self.begin(target, length: body.count, port: port)
        uploading.send(Array(body.prefix(500_000)))
        let trickling = try (0..<8).map { _ in
          let connection = try RawConnection(port: port)
          connection.send("PUT / HTTP/1.1\r\nX-Slow: ")
          return connection
        }
        XCTAssertEqual(try RawConnection(port: port).put(other, to: otherTarget).status, 200)
        uploading.send(Array(body.dropFirst(500_000)))
        XCTAssertEqual(try uploading.response().status, 200)
        withExtendedLifetime(trickling) {}
      }
    }
  }

  // MARK: - One upload of a content at a time

  func testUploadsOfOneContentComeOneAfterAnother() async throws {
    try await UploadFixture.serving { [body] fixture in
      let target = try fixture.target(for: ContentID(of: body))
      try await onThread { [port = fixture.port] in
        let first = try Self.begin(target, length: body.count, port: port)
        first.send(Array(body.prefix(500_000)))
        let others = try (0..<5).map { _ in
          let connection = try RawConnection(port: port)
          connection.send(Self.head(target, length: body.count))
          Thread.detachNewThread { [held = Held(connection)] in held.value.send(body) }
          return connection
        }
        for other in others { XCTAssertFalse(other.hasInput(within: 50)) }
        XCTAssertLessThanOrEqual(fixture.unfinishedUploads.count, 1)
        first.send(Array(body.dropFirst(500_000)))
        XCTAssertEqual(try first.response().status, 200)
        for other in others { XCTAssertEqual(try other.response().status, 200) }
      }
    }
  }

  func testTheNextUploadTakesTheTurnOfABrokenOne() async throws {
    try await UploadFixture.serving { [body] fixture in
      let content = ContentID(of: body)
      let target = try fixture.target(for: content)
      try await onThread { [port = fixture.port] in
        let first = try Self.begin(target, length: body.count, port: port)
        first.send(Array(body.prefix(500_000)))
        let second = try RawConnection(port: port)
        second.send(Self.head(target, length: body.count))
        XCTAssertFalse(second.hasInput(within: 50))
        first.finishSending()
        second.send(body)
        XCTAssertEqual(try second.response().status, 200)
      }
      let stored = try await fixture.isStored(content)
      XCTAssertTrue(stored)
    }
  }

  func testACrawlingUploadGivesWayToTheNext() async throws {
    var pace = TransferPace()
    pace.contestedWindow = .milliseconds(100)
    try await UploadFixture.serving(idleTimeout: .seconds(600), pace: pace) { [body] fixture in
      let target = try fixture.target(for: ContentID(of: body))
      try await onThread { [port = fixture.port] in
        let crawling = try Self.begin(target, length: body.count, port: port)
        crawling.send(Array(body.prefix(1000)))
        XCTAssertFalse(crawling.hasInput(within: 300), "nobody else wants its turn")
        XCTAssertEqual(try RawConnection(port: port).put(body, to: target).status, 200)
        try crawling.waitForEnd()
      }
    }
  }

  /// The fixture ends the server while one upload has the turn and another waits for it.
  func testTheQueueEndsWithTheServer() async throws {
    let connections = Held<[RawConnection]>([])
    try await UploadFixture.serving { [body] fixture in
      let target = try fixture.target(for: ContentID(of: body))
      try await onThread { [port = fixture.port] in
        let first = try Self.begin(target, length: body.count, port: port)
        let second = try RawConnection(port: port)
        second.send(Self.head(target, length: body.count))
        XCTAssertFalse(second.hasInput(within: 50))
        connections.value = [first, second]
      }
    }
    XCTAssertEqual(connections.value.count, 2)
  }

  // MARK: - Bytes

  func testUnfinishedBytesAreLimited() async throws {
    try await UploadFixture.serving(maximumUnfinishedBytes: 1_000_000) { [body] fixture in
      let target = try fixture.target(for: ContentID(of: body))
      let other = Array(body.dropFirst(400_000).reversed())
      let otherTarget = try fixture.target(for: ContentID(of: other))
      try await onThread { [port = fixture.port] in
        let first = try Self.begin(target, length: body.count, port: port)
        first.send(Array(body.prefix(700_000)))
        while fixture.unfinishedBytes < 512 << 10 { usleep(1000) }
        let refused = try RawConnection(port: port).put(other, to: otherTarget)
        XCTAssertEqual(refused.status, 503)
        XCTAssertEqual(refused.headers["retry-after"], "5")
        first.send(Array(body.dropFirst(700_000)))
        XCTAssertEqual(try first.response().status, 200, "the first is not to be disturbed")
        XCTAssertEqual(try RawConnection(port: port).put(other, to: otherTarget).status, 200)
      }
    }
  }

  func testUnfinishedBytesAreCounted() {
    let unfinished = UnfinishedBytes(limit: 100)
    XCTAssertTrue(unfinished.hasRoom(for: 500), "a single upload always has room")
    XCTAssertTrue(unfinished.add(150, own: 0), "a single upload always has room")
    XCTAssertFalse(unfinished.hasRoom(for: 1))
    XCTAssertFalse(unfinished.add(1, own: 0))
    XCTAssertTrue(unfinished.add(50, own: 150))
    unfinished.remove(200)
    XCTAssertTrue(unfinished.add(60, own: 0))
    XCTAssertTrue(unfinished.hasRoom(for: 40))
    XCTAssertFalse(unfinished.hasRoom(for: 41))
    XCTAssertTrue(unfinished.add(40, own: 0))
    XCTAssertFalse(unfinished.add(1, own: 60))
  }

  // MARK: - Framing

  func testUnknownTransferCodingsAreRefused() async throws {
    try await UploadFixture.serving { [body] fixture in
      let content = try await fixture.store(body)
      let targets = [
        "GET": try fixture.downloadTarget(for: content),
        "HEAD": try fixture.downloadTarget(for: content),
        "PUT": try fixture.target(for: content), "POST": "/",
      ]
      for (method, target) in targets {
        for coding in ["xchunked", "chunkedx", "gzip, chunked", "chunked, gzip", "gzip", "\"x"] {
          let reply = try await fixture.request(
            target, method: method, headers: ["Transfer-Encoding: \(coding)"],
            body: Array("0\r\n\r\n".utf8))
          XCTAssertEqual(reply.status, 400, "\(method) with \(coding)")
        }
      }
    }
  }
}
