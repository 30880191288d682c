import Foundation
import JobCloning
import NIOCore
import TestSupport
import XCTest

@testable import ObjectStorageDisk

/// Contents that go, and the list of those that are there.
final class RemovalTests: XCTestCase {
  func testRemovedContentIsGoneForEveryProcess() async throws {
    try await UploadFixture.serving { fixture in
      let body = Array("short life".utf8)
      let content = ContentID(of: body)
      let other = try DiskObjectStorage(
        directory: fixture.directory, publicURL: "http://unused", keys: UploadFixture.keys)
      for _ in 0..<3 {
        let reply = try await fixture.put(body, to: fixture.target(for: content))
        XCTAssertEqual(reply.status, 200)
        // Both processes know the content before one of them removes it.
        for storage in [fixture.storage, other] {
          let stored = try await storage.stored(among: [content], in: "project")
          XCTAssertEqual(stored, [content])
        }
        try await other.remove(content, in: "project")
        for storage in [fixture.storage, other] {
          let stored = try await storage.stored(among: [content], in: "project")
          XCTAssertEqual(stored, [])
        }
        fixture.assertNothingStored()
      }
      try await other.remove(content, in: "project")
    }
  }

  func testOnlyTheNamedContentIsRemoved() async throws {
    try await UploadFixture.serving { fixture in
      let content = ContentID(of: [1, 2, 3])
      for project in ["p", "q"] {
        _ = try await fixture.put([1, 2, 3], to: fixture.target(for: content, project: project))
      }
      let lying = ContentID(sha256: content.sha256, sizeBytes: 4)
      try await fixture.storage.remove(lying, in: "p")
      try await fixture.storage.remove(ContentID(sha256: "../x", sizeBytes: 1), in: "p")
      try await fixture.storage.remove(ContentID(of: [4]), in: "p")
      try await fixture.storage.remove(content, in: "nowhere")
      var isThere = try await fixture.isStored(content, project: "p")
      XCTAssertTrue(isThere)
      try await fixture.storage.remove(content, in: "p")
      isThere = try await fixture.isStored(content, project: "p")
      XCTAssertFalse(isThere)
      isThere = try await fixture.isStored(content, project: "q")
      XCTAssertTrue(isThere)
    }
  }

  /// An upload of what is stored keeps no bytes, so it must not promise them once they are gone.
  func testUploadOfAContentThatIsRemovedMeanwhileIsNotPromised() async throws {
    let directory = UploadFixture.newDirectory()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let storage = try DiskObjectStorage(directory: directory, keys: UploadFixture.keys)
    let content = ContentID(of: [])
    let body = ContentID(of: [5])
    func upload(_ meanwhile: () async throws -> Void) async throws -> Bool {
      let file = try await storage.receive(body, in: "p")
      try await storage.append([UploadChunk(bytes: [5])], to: file)
      try await meanwhile()
      return try await storage.finish(file, as: body, in: "p")
    }
    let first = try await upload {}
    XCTAssertTrue(first)
    let again = try await upload {}
    XCTAssertTrue(again)
    do {
      _ = try await upload { try await storage.remove(body, in: "p") }
      XCTFail("promised")
    } catch let error as StoreError {
      XCTAssertEqual(error.code, .unavailable)
    }
    let stored = try await storage.stored(among: [content, body], in: "p")
    XCTAssertEqual(stored, [content])
    let uploadedAgain = try await upload {}
    XCTAssertTrue(uploadedAgain)
  }

  // MARK: Listing

  func testContentsAreListedInPages() async throws {
    try await UploadFixture.serving { fixture in
      var expected: Set<StoredContent> = []
      for number in 0..<30 {
        let body = Array("content \(number)".utf8)
        let project = ["p", "q", "näher"][number % 3]
        let content = ContentID(of: body)
        let target = try fixture.target(for: content, project: project)
        let reply = try await fixture.put(body, to: target)
        XCTAssertEqual(reply.status, 200)
        expected.insert(StoredContent(content, in: project))
      }
      let future = Int64(Date().timeIntervalSince1970) + 100
      for limit in [1, 7, 30, 1000] {
        let listed = try await Self.list(fixture.storage, before: future, limit: limit)
        XCTAssertEqual(listed.count, 30, "limit \(limit)")
        XCTAssertEqual(Set(listed), expected, "limit \(limit)")
      }
      let none = try await fixture.storage.contents(storedBefore: 1000, after: nil, limit: 10)
      XCTAssertEqual(none, [])
      let nothing = try await fixture.storage.contents(storedBefore: future, after: nil, limit: 0)
      XCTAssertEqual(nothing, [])
    }
  }

  func testAPageMayStartAtARemovedContent() async throws {
    try await UploadFixture.serving { fixture in
      for number in 0..<10 {
        let body = Array("content \(number)".utf8)
        _ = try await fixture.put(body, to: fixture.target(for: ContentID(of: body)))
      }
      let all = try await Self.list(fixture.storage, before: .max, limit: 3)
      try await fixture.storage.remove(all[4].content, in: all[4].projectID)
      let rest = try await fixture.storage.contents(storedBefore: .max, after: all[4], limit: 100)
      XCTAssertEqual(rest, Array(all[5...]))
    }
  }

  /// A half written file of the project, and a folder from before there was one, name nothing.
  func testAFolderWithoutItsProjectIsLeftOut() async throws {
    try await UploadFixture.serving { fixture in
      let content = ContentID(of: [1])
      _ = try await fixture.put([1], to: fixture.target(for: content))
      let location = try XCTUnwrap(
        fixture.storage.layout.location(of: content, in: "project"))
      let file = ContentLayout.ProjectFile.path(in: location.project.folder)
      try Data("proj".utf8).write(to: URL(fileURLWithPath: file))
      var listed = try await Self.list(fixture.storage, before: .max, limit: 10)
      XCTAssertEqual(listed, [])
      try FileManager.default.removeItem(atPath: file)
      listed = try await Self.list(fixture.storage, before: .max, limit: 10)
      XCTAssertEqual(listed, [])
      _ = try await fixture.put([2], to: fixture.target(for: ContentID(of: [2])))
      listed = try await Self.list(fixture.storage, before: .max, limit: 10)
      XCTAssertEqual(listed.count, 2)
    }
  }

  private static func list(
    _ storage: DiskObjectStorage, before time: Int64, limit: Int
  ) async throws -> [StoredContent] {
    var all: [StoredContent] = []
    while true {
      let page = try await storage.contents(storedBefore: time, after: all.last, limit: limit)
      XCTAssertLessThanOrEqual(page.count, limit)
      all += page
      if page.isEmpty { return all }
    }
  }

  // MARK: Unfinished uploads

  func testUnfinishedUploadsOfTheDeadAreDropped() async throws {
    let directory = UploadFixture.newDirectory()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let storage = try DiskObjectStorage(directory: directory, keys: UploadFixture.keys)
    let left = directory + "/tmp/0123.upload"
    try Data([1]).write(to: URL(fileURLWithPath: left))
    let living = try await storage.receive(ContentID(of: [1]), in: "p")
    let now = Int64(Date().timeIntervalSince1970)
    try await storage.dropUnfinishedUploads(startedBefore: now - 60)
    XCTAssertTrue(FileManager.default.fileExists(atPath: left), "not old enough")
    try await storage.dropUnfinishedUploads(startedBefore: now + 60)
    XCTAssertFalse(FileManager.default.fileExists(atPath: left))
    try await storage.append([UploadChunk(bytes: [1])], to: living)
    let isStored = try await storage.finish(living, as: ContentID(of: [1]), in: "p")
    XCTAssertTrue(isStored, "an upload under way keeps its file")
  }
}
