import Foundation
import JobCloning
import Logging
import XCTest

@testable import datasphere_jobs

/// Who may use the data directory.
final class DataDirectoryTests: XCTestCase {
  private let path = FileManager.default.temporaryDirectory
    .appending(path: "data-\(UUID().uuidString)").path
  private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  override func tearDown() {
    try? FileManager.default.removeItem(atPath: path)
    super.tearDown()
  }

  private func mode() throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try XCTUnwrap(attributes[.posixPermissions] as? Int)
  }

  private func make(_ mode: Int, _ files: [String] = []) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for file in files { try Data().write(to: URL(filePath: path + "/" + file)) }
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  private func refusal() -> String? {
    do throws(StoreError) {
      try DataDirectory(path: path).prepare(logger: logger)
      return nil
    } catch {
      return error.message
    }
  }

  func testANewDirectoryIsForItsOwner() throws {
    XCTAssertNil(refusal())
    XCTAssertEqual(try mode(), 0o700)
  }

  func testADirectoryOfTheServersOwnIsClosedToReaders() throws {
    for (before, after) in [(0o755, 0o750), (0o750, 0o750), (0o705, 0o700)] {
      try make(before, ["jobs.sqlite"])
      XCTAssertNil(refusal())
      XCTAssertEqual(try mode(), after)
    }
    try FileManager.default.removeItem(atPath: path)
    try make(0o755)
    XCTAssertNil(refusal())
    XCTAssertEqual(try mode(), 0o750)
  }

  func testADirectoryThatOthersWriteIsRefusedAndLeftAsItIs() throws {
    for mode in [0o770, 0o702, 0o777, 0o720] {
      try make(mode, ["jobs.sqlite"])
      let message = try XCTUnwrap(refusal())
      XCTAssertTrue(message.contains("chmod 700 \(path)"), message)
      XCTAssertFalse(message.contains("\n"))
      XCTAssertEqual(try self.mode(), mode)
    }
  }

  func testADirectoryOfSomethingElseIsRefused() throws {
    try make(0o755, ["notes.txt"])
    let message = try XCTUnwrap(refusal())
    XCTAssertTrue(message.contains("chmod 700"), message)
    XCTAssertEqual(try mode(), 0o755)
  }
}
