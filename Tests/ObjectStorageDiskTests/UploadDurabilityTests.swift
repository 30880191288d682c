import Foundation
import JobCloning
import Synchronization
import TestSupport
import XCTest

@testable import ObjectStorageDisk

/// When a content counts as stored, and what happens when the disk fails.
final class UploadDurabilityTests: XCTestCase {
  private let body = Array("durable".utf8)

  /// File first, then its name, then the folders above: any other order can lose the content.
  func testOrderOfSynchronisation() async throws {
    try await UploadFixture.serving { [body] fixture in
      let content = ContentID(of: body)
      let location = try XCTUnwrap(
        fixture.storage.layout.location(of: content, in: "project"))
      let synced = Mutex<[String]>([])
      try await InterposedFsync.watching(fixture.directory) { path in
        let isNamed = FileManager.default.fileExists(atPath: location.file)
        let kind = path.hasSuffix(".upload") ? "file" : path
        synced.withLock { $0.append(kind + (isNamed ? " after the rename" : "")) }
        return nil
      } while: {
        let reply = try await fixture.put(body, to: fixture.target(for: content))
        XCTAssertEqual(reply.status, 200)
      }
      XCTAssertEqual(
        synced.withLock { $0 },
        ["file", location.folders[1] + "/project"]
          + location.folders.reversed().map { $0 + " after the rename" })
    }
  }

  func testFailedSyncOfTheFile() async throws {
    for (number, status) in [(ENOSPC, 507), (EDQUOT, 507), (EIO, 503)] {
      try await UploadFixture.serving { [body] fixture in
        let content = ContentID(of: body)
        let target = try fixture.target(for: content)
        try await InterposedFsync.watching(fixture.directory) { path in
          path.hasSuffix(".upload") ? number : nil
        } while: {
          let reply = try await fixture.put(body, to: target)
          XCTAssertEqual(reply.status, status)
          XCTAssertFalse(reply.body.contains(fixture.directory), reply.body)
        }
        XCTAssertEqual(fixture.files, [], "nothing is stored, nothing is left")
        XCTAssertTrue(fixture.log.text.contains("upload failed"))
        let again = try await fixture.put(body, to: target)
        XCTAssertEqual(again.status, 200, "the server works again")
      }
    }
  }

  /// A name that may be lost is not stored yet, also for the next request.
  func testFailedSyncOfAFolderIsTriedAgain() async throws {
    try await UploadFixture.serving { [body] fixture in
      let content = ContentID(of: body)
      let target = try fixture.target(for: content)
      try await InterposedFsync.watching(fixture.directory) { path in
        path.hasSuffix(".upload") ? nil : EIO
      } while: {
        for _ in 0..<2 {
          let reply = try await fixture.put(body, to: target)
          XCTAssertEqual(reply.status, 503)
        }
        do {
          _ = try await fixture.storage.stored(among: [content], in: "project")
          XCTFail("a name that may be lost counts as stored")
        } catch let error as StoreError {
          XCTAssertEqual(error.code, .unavailable)
        }
      }
      let again = try await fixture.put(body, to: target)
      XCTAssertEqual(again.status, 200)
    }
  }

  func testFailedWrite() throws {
    let directory = UploadFixture.newDirectory()
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    XCTAssertThrowsError(
      try IncomingFile(of: ContentID(of: body), in: directory + "/missing")
    ) { error in
      XCTAssertEqual((error as? SystemError)?.number, ENOENT)
    }
    XCTAssertEqual(SystemError("write x", number: ENOSPC).storeError.code, .full)
    XCTAssertEqual(SystemError("write x", number: EIO).storeError.code, .unavailable)
    XCTAssertEqual(SystemError("open x", number: EACCES).storeError.code, .misconfigured)
    XCTAssertEqual(ContentReply.failed(.init(.full, "x")).reason, "no space left")
    XCTAssertEqual(ContentReply.failed(.init(.unavailable, "x")).reason, "storage unavailable")
  }

  func testUploadsOfACrashAreRemovedAndThoseInUseAreNot() throws {
    let directory = UploadFixture.newDirectory()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let first = try DiskObjectStorage(
      directory: directory, publicURL: "http://x", keys: .random())
    let inUse = try IncomingFile(of: ContentID(of: body), in: first.layout.uploads)
    let abandoned = first.layout.uploads + "/0123.upload"
    XCTAssertTrue(FileManager.default.createFile(atPath: abandoned, contents: Data([1])))
    let foreign = first.layout.uploads + "/notes"
    XCTAssertTrue(FileManager.default.createFile(atPath: foreign, contents: Data([1])))

    _ = try DiskObjectStorage(directory: directory, publicURL: "http://x", keys: .random())
    XCTAssertFalse(FileManager.default.fileExists(atPath: abandoned))
    XCTAssertTrue(FileManager.default.fileExists(atPath: foreign), "not ours to remove")
    var left = try FileManager.default.contentsOfDirectory(atPath: first.layout.uploads)
    XCTAssertEqual(left.count, 2, "the upload of a living process stays")

    inUse.discard()
    left = try FileManager.default.contentsOfDirectory(atPath: first.layout.uploads)
    XCTAssertEqual(left, ["notes"])
  }
}
