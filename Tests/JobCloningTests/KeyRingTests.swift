import Crypto
import Foundation
import JobCloning
import Synchronization
import XCTest

/// clone-semantics §6: the key file beside an embedded store, and what is derived from its keys.
final class KeyRingTests: XCTestCase {
  private var directory = URL(filePath: "/")
  private var path: String { directory.appending(path: "keys").path() }

  override func setUpWithError() throws {
    directory = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
  }

  override func tearDownWithError() throws {
    try FileManager.default.removeItem(at: directory)
  }

  private func write(_ text: String, mode: Int = 0o600) throws {
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  private func secret(_ key: KeyRing.Key) -> [UInt8] { key.secret.withUnsafeBytes { Array($0) } }

  private func assertRefused(
    _ part: String, file: StaticString = #filePath, line: UInt = #line
  ) {
    XCTAssertThrowsError(try KeyRing.loadOrCreate(file: path), file: file, line: line) { error in
      let error = error as? StoreError
      XCTAssertEqual(error?.code, .misconfigured, file: file, line: line)
      XCTAssertTrue(
        error?.message.contains(part) == true, error?.message ?? "", file: file, line: line)
    }
  }

  func testItIsMadeOnceAndReadThereafter() throws {
    let made = try KeyRing.loadOrCreate(file: path)
    let read = try KeyRing.loadOrCreate(file: path)
    XCTAssertEqual(made.current.id, 1)
    XCTAssertEqual(secret(made.current), secret(read.current))
    XCTAssertEqual(secret(made.current).count, 32)
    XCTAssertNotEqual(secret(made.current), secret(KeyRing.random().current))
  }

  func testItIsForItsOwnerAloneAndLeavesNothingBeside() throws {
    let mask = umask(0)
    defer { umask(mask) }
    _ = try KeyRing.loadOrCreate(file: path)
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    XCTAssertEqual(attributes[.posixPermissions] as? Int, 0o600)
    XCTAssertEqual(try FileManager.default.contentsOfDirectory(atPath: directory.path()), ["keys"])
  }

  func testAFileThatOthersMayUseIsRefused() throws {
    let text = "1:\(String(repeating: "ab", count: 32))\n"
    for mode in [0o604, 0o602, 0o640, 0o620, 0o601, 0o777] {
      try write(text, mode: mode)
      assertRefused("chmod 600")
    }
    for mode in [0o600, 0o400, 0o700] {
      try write(text, mode: mode)
      XCTAssertNoThrow(try KeyRing.loadOrCreate(file: path))
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }
  }

  func testTheGreatestNumberIsCurrentAndTheOthersFollowNewestFirst() throws {
    let lines = [7, 12, 3].map { "\($0):\(String(repeating: "0\($0 % 10)", count: 32))" }
    try write("# comment\n\n" + lines.joined(separator: "\n"))
    let keys = try KeyRing.loadOrCreate(file: path)
    XCTAssertEqual(keys.current.id, 12)
    XCTAssertEqual(keys.previous.map(\.id), [7, 3])
    XCTAssertEqual(secret(keys.current), Array(repeating: 2, count: 32))
  }

  func testAMalformedFileIsRefusedWithoutShowingItsKeys() throws {
    let hex = String(repeating: "ab", count: 32)
    let refused = [
      "": "holds no key", "# nothing\n": "holds no key", "1:\(hex)\n2:\(hex.dropLast())": "line 2",
      "\(hex)": "line 1", "1:\(hex):": "line 1", "x:\(hex)": "line 1", "-1:\(hex)": "line 1",
      "0:\(hex)": "line 1", "+1:\(hex)": "line 1", "4294967296:\(hex)": "line 1",
      "1:\(hex.dropLast())g": "line 1", "1:\(hex)\n\n1:\(hex)": "line 3", "1 \(hex)": "line 1",
    ]
    for (text, part) in refused {
      try write(text)
      assertRefused(part)
      XCTAssertThrowsError(try KeyRing.loadOrCreate(file: path)) {
        XCTAssertFalse("\($0)".contains("abab"), "\($0)")
      }
      XCTAssertEqual(try String(contentsOfFile: path, encoding: .utf8), text, "it is left alone")
    }
  }

  func testWhatIsNoFileIsRefused() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    assertRefused("is not a regular file")
    XCTAssertThrowsError(try KeyRing.loadOrCreate(file: "\(path)/none/keys")) {
      XCTAssertEqual(($0 as? StoreError)?.code, .misconfigured)
      XCTAssertTrue("\($0)".contains("No such file or directory"), "\($0)")
    }
  }

  func testOfManyThatMakeItAtOnceOneWins() async throws {
    for _ in 0..<20 {
      let path = path
      let secrets = try await withThrowingTaskGroup(of: [UInt8].self) { group in
        for _ in 0..<16 {
          group.addTask {
            try KeyRing.loadOrCreate(file: path).current.secret.withUnsafeBytes { Array($0) }
          }
        }
        return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
      }
      XCTAssertEqual(secrets.count, 1)
      XCTAssertEqual(
        try FileManager.default.contentsOfDirectory(atPath: directory.path()), ["keys"])
      try FileManager.default.removeItem(atPath: path)
    }
  }

  func testARelativePathWorks() throws {
    let files = FileManager.default
    let before = files.currentDirectoryPath
    defer { _ = files.changeCurrentDirectoryPath(before) }
    XCTAssertTrue(files.changeCurrentDirectoryPath(directory.path()))
    let made = try KeyRing.loadOrCreate(file: "keys")
    XCTAssertEqual(secret(made.current), secret(try KeyRing.loadOrCreate(file: path).current))
  }

  // MARK: Digests

  func testACodeIsValidForItsMessagePurposeAndKeyAlone() {
    let keys = KeyRing.random()
    let mac = keys.mac([1, 2, 3], purpose: "a")
    XCTAssertEqual(mac.count, 32)
    XCTAssertEqual(mac, keys.mac([1, 2, 3], purpose: "a"))
    XCTAssertTrue(keys.isValidMAC(mac, for: [1, 2, 3], purpose: "a"))
    XCTAssertFalse(keys.isValidMAC(mac, for: [1, 2], purpose: "a"))
    XCTAssertFalse(keys.isValidMAC(mac, for: [1, 2, 3], purpose: "b"))
    XCTAssertFalse(keys.isValidMAC(Array(mac.dropLast()), for: [1, 2, 3], purpose: "a"))
    XCTAssertFalse(keys.isValidMAC([], for: [1, 2, 3], purpose: "a"))
    XCTAssertFalse(KeyRing.random().isValidMAC(mac, for: [1, 2, 3], purpose: "a"))
  }

  func testACodeOutlivesARotation() {
    let keys = KeyRing.random()
    let mac = keys.mac([1], purpose: "a")
    let rotated = keys.rotated()
    XCTAssertNotEqual(rotated.mac([1], purpose: "a"), mac)
    XCTAssertTrue(rotated.isValidMAC(mac, for: [1], purpose: "a"))
    XCTAssertEqual(rotated.current.id, 2)
    XCTAssertEqual(rotated.previous.map(\.id), [1])
  }
}
