import JobClient
import JobMessages
import XCTest

final class LocalFileTests: XCTestCase {
  private var folder = ""

  override func setUpWithError() throws {
    folder = NSTemporaryDirectory() + "local-file-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
  }

  override func tearDownWithError() throws { try FileManager.default.removeItem(atPath: folder) }

  func testDescribesAFile() throws {
    let path = folder + "/abc.txt"
    try Data("abc".utf8).write(to: URL(fileURLWithPath: path))
    let file = try LocalFile(path: path, variable: "DATA").file
    XCTAssertEqual(file.desc, FileDesc(path: path, var: "DATA"))
    XCTAssertEqual(file.sizeBytes, 3)
    // FIPS 180-2, appendix B.1.
    XCTAssertEqual(
      file.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  func testReadsFilesOfManyChunks() throws {
    let path = folder + "/large"
    try Data(repeating: 0, count: 5_000_001).write(to: URL(fileURLWithPath: path))
    XCTAssertEqual(try LocalFile(path: path).file.sizeBytes, 5_000_001)
  }

  func testADirectoryAndAMissingFileAreClearErrors() {
    for (path, text) in [(folder, "is a directory"), (folder + "/none", "no such file")] {
      XCTAssertThrowsError(try LocalFile(path: path)) { error in
        XCTAssertTrue("\(error)".contains(text), "\(error)")
      }
    }
  }

  /// Whatever is opened must be a regular file: others never end, or wait for a writer.
  func testOnlyRegularFilesAreTaken() throws {
    let pipe = folder + "/pipe"
    XCTAssertEqual(mkfifo(pipe, 0o600), 0)
    let link = folder + "/link"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: pipe)
    for path in [pipe, link, "/dev/zero", "/dev/null"] {
      XCTAssertThrowsError(try LocalFile(path: path)) { error in
        XCTAssertTrue("\(error)".contains("\(path) is not a regular file"), "\(error)")
      }
    }
  }

  func testALinkToARegularFileIsTaken() throws {
    let link = folder + "/link"
    try Data("abc".utf8).write(to: URL(fileURLWithPath: folder + "/abc.txt"))
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "abc.txt")
    XCTAssertEqual(try LocalFile(path: link).file.sizeBytes, 3)
  }
}
