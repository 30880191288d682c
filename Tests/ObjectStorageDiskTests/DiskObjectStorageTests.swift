import Foundation
import JobCloning
import XCTest

@testable import ObjectStorageDisk

/// The storage without its endpoint.
final class DiskObjectStorageTests: XCTestCase {
  private let directory = UploadFixture.newDirectory()

  override func tearDown() {
    try? FileManager.default.removeItem(atPath: directory)
  }

  private func storage(publicURL: String? = "http://host") throws -> DiskObjectStorage {
    try DiskObjectStorage(directory: directory, publicURL: publicURL, keys: .random())
  }

  private func place(_ bytes: [UInt8], for content: ContentID, in project: String) throws {
    let storage = try storage()
    let location = try XCTUnwrap(storage.layout.location(of: content, in: project))
    try FileSystem.makeFolders(XCTUnwrap(location.folders.last))
    try Data(bytes).write(to: URL(fileURLWithPath: location.file))
  }

  func testStoredTellsWholeContentsOfTheProject() async throws {
    let whole = ContentID(of: [1, 2, 3])
    let short = ContentID(of: [4, 5, 6])
    let absent = ContentID(of: [7])
    let elsewhere = ContentID(of: [8])
    try place([1, 2, 3], for: whole, in: "p")
    try place([4, 5], for: short, in: "p")
    try place([8], for: elsewhere, in: "q")
    let storage = try storage()
    for _ in 0..<2 {
      let stored = try await storage.stored(
        among: [whole, short, absent, elsewhere], in: "p")
      XCTAssertEqual(stored, [whole])
    }
  }

  func testSameHashWithAnotherSizeIsNotStored() async throws {
    let content = ContentID(of: [1, 2, 3])
    try place([1, 2, 3], for: content, in: "p")
    let storage = try storage()
    let lying = ContentID(sha256: content.sha256, sizeBytes: 4)
    let stored = try await storage.stored(among: [content, lying], in: "p")
    XCTAssertEqual(stored, [content])
  }

  func testEmptyContentIsAlwaysStored() async throws {
    let empty = ContentID(of: [])
    let lying = ContentID(sha256: empty.sha256, sizeBytes: 1)
    let stored = try await storage().stored(among: [empty, lying], in: "new")
    XCTAssertEqual(stored, [empty])
  }

  func testAFolderOfTheNameIsNoContent() async throws {
    let content = ContentID(sha256: ContentID(of: [1]).sha256, sizeBytes: 4096)
    let storage = try storage()
    let location = try XCTUnwrap(storage.layout.location(of: content, in: "p"))
    try FileSystem.makeFolders(location.file)
    let stored = try await storage.stored(among: [content], in: "p")
    XCTAssertEqual(stored, [])
  }

  func testHashesThatAreNoneNameNoFile() async throws {
    let storage = try storage()
    for hash in ["", "..", "../../etc/passwd", String(repeating: "A", count: 64), "a/b"] {
      let content = ContentID(sha256: hash, sizeBytes: 1)
      XCTAssertNil(storage.layout.location(of: content, in: "p"))
      let stored = try await storage.stored(among: [content], in: "p")
      XCTAssertEqual(stored, [])
      XCTAssertThrowsError(try storage.uploadURL(for: content, in: "p", expiry: 1))
    }
  }

  func testProjectFoldersNeitherEscapeNorCollide() throws {
    let storage = try storage()
    let content = ContentID(of: [1])
    let names = [
      "", ".", "..", "tmp", "../x", "/", "a/b", "a%2Fb", "A", "a", "a\u{0}", "\u{e9}",
      "e\u{301}", String(repeating: "x", count: 10_000),
    ]
    let folders = try names.map {
      try XCTUnwrap(storage.layout.location(of: content, in: $0)).folders[1]
    }
    XCTAssertEqual(Set(folders).count, names.count)
    for folder in folders {
      XCTAssertTrue(folder.hasPrefix(directory + "/"))
      let name = folder.dropFirst(directory.count + 1)
      XCTAssertEqual(name.utf8.count, 64)
      XCTAssertTrue(name.allSatisfy(\.isHexDigit))
    }
  }

  func testUploadURLNeedsAPublicURL() throws {
    let storage = try storage(publicURL: nil)
    let content = ContentID(of: [1])
    XCTAssertThrowsError(try storage.uploadURL(for: content, in: "p", expiry: 1)) { error in
      XCTAssertEqual((error as? StoreError)?.code, .unavailable)
    }
    storage.listening(on: "http://127.0.0.1:5")
    XCTAssertTrue(
      try storage.uploadURL(for: content, in: "p", expiry: 1)
        .hasPrefix("http://127.0.0.1:5/v1/contents/70/\(content.sha256)?size=1&expires=1&"))
  }

  func testPublicURLIsChecked() throws {
    for url in ["", "host", "ftp://host", "http://", "http:///x", "http://h?x", "http://h#x"] {
      XCTAssertThrowsError(try storage(publicURL: url), url) { error in
        XCTAssertEqual((error as? StoreError)?.code, .misconfigured)
      }
    }
    for url in ["http://host", "https://host:1/", "http://[::1]:50052", "https://host/a/b/"] {
      XCTAssertNoThrow(try storage(publicURL: url), url)
    }
  }

  func testFoldersAreForTheirOwnerAlone() throws {
    _ = try storage()
    for path in [directory, directory + "/tmp"] {
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      XCTAssertEqual(attributes[.posixPermissions] as? Int, 0o700, path)
    }
  }

  func testUnusableDirectories() throws {
    try Data([1]).write(to: URL(fileURLWithPath: directory))
    for path in [directory, directory + "/below", "/proc/contents"] {
      XCTAssertThrowsError(
        try DiskObjectStorage(directory: path, publicURL: "http://x", keys: .random())
      ) { error in
        XCTAssertTrue("\(error)".contains(path), "\(error)")
      }
    }
  }

  func testMemoryOfStoredContentsIsBounded() throws {
    let content = ContentID(of: [1])
    try place([1], for: content, in: "p")
    let file = try XCTUnwrap(storage().layout.location(of: content, in: "p")).file
    let status = try XCTUnwrap(FileSystem.status(of: file))
    let memory = StoredContents(capacity: 10)
    let contents = (0..<25).map {
      StoredContent(ContentID(sha256: "\($0)", sizeBytes: 1), in: "p")
    }
    for content in contents { memory.insert(content, as: status) }
    XCTAssertLessThanOrEqual(contents.filter { memory.isKnown($0, as: status) }.count, 10)
    XCTAssertTrue(memory.isKnown(contents[24], as: status))
    let elsewhere = StoredContent(contents[24].content, in: "q")
    XCTAssertFalse(memory.isKnown(elsewhere, as: status))
  }
}
