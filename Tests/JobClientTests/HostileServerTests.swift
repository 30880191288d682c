import Foundation
import JobMessages
import ProtobufWire
import XCTest

@testable import JobClient

/// A server that is broken or not what it seems, and what its clients do for it: nothing.
final class HostileServerTests: XCTestCase {
  private var folder = ""
  private var outside = ""

  override func setUpWithError() throws {
    let base = NSTemporaryDirectory() + "HostileServerTests-" + UUID().uuidString
    folder = base + "/downloads"
    outside = base + "/outside"
    for path in [folder, outside] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    try Data("mine".utf8).write(to: URL(fileURLWithPath: outside + "/mine.txt"))
  }

  override func tearDownWithError() throws {
    try FileManager.default.removeItem(
      at: URL(fileURLWithPath: folder).deletingLastPathComponent())
  }

  private var options: TransferOptions {
    var options = TransferOptions(hosts: TransferHosts(server: "localhost:50051"), proxies: .none)
    options.attempts = 1
    return options
  }

  private func entry(_ file: File, _ server: StubServer) -> StorageFile {
    StorageFile.with {
      $0.file = file
      $0.url = "http://127.0.0.1:\(server.port)/"
    }
  }

  private func failure(
    _ body: () async throws(LocalFileError) -> Void, file: StaticString = #filePath,
    line: UInt = #line
  ) async -> String {
    do {
      try await body()
      XCTFail("it succeeded", file: file, line: line)
      return ""
    } catch {
      return error.description
    }
  }

  // MARK: - Uploads

  func testOnlyFilesThatWereOfferedAreSent() async throws {
    let server = try StubServer { _ in .init() }
    defer { server.stop() }
    let own = try LocalFile(path: outside + "/mine.txt", variable: "DATA")
    try Data("secret".utf8).write(to: URL(fileURLWithPath: outside + "/secret.txt"))
    let secret = try LocalFile(path: outside + "/secret.txt").file
    var renamed = own.file
    renamed.desc?.path = outside + "/secret.txt"
    var otherHash = own.file
    otherHash.sha256 = secret.sha256
    var otherSize = own.file
    otherSize.sizeBytes += 1
    var none = own.file
    none.desc = nil
    for asked in [secret, renamed, otherHash, otherSize, none, File()] {
      // One that was offered does not go either: such a server gets nothing.
      let files = [entry(own.file, server), entry(asked, server)]
      let text = await failure { () throws(LocalFileError) in
        try await FileUploader(options).upload(files, from: [own])
      }
      XCTAssertTrue(text.contains("was not offered"), text)
    }
    XCTAssertEqual(server.answered, 0)
    try await FileUploader(options).upload([entry(own.file, server)], from: [own])
    XCTAssertEqual(server.requests.map(\.body), [Array("mine".utf8)])
  }

  func testNothingGoesToHostsThatNobodyNamed() async throws {
    let server = try StubServer { _ in .init() }
    defer { server.stop() }
    let own = try LocalFile(path: outside + "/mine.txt")
    for host in [
      "169.254.169.254", "storage.example.net", "127.0.0.1.example.net", "127.0.0.1@example.net",
      "example.net#127.0.0.1", "example.net\\@127.0.0.1", "2130706433.example", "[::2]",
    ] {
      for scheme in ["http", "https"] {
        let asked = StorageFile.with {
          $0.file = own.file
          $0.url = "\(scheme)://\(host):\(server.port)/"
        }
        let text = await failure { () throws(LocalFileError) in
          try await FileUploader(options).upload([asked], from: [own])
        }
        XCTAssertTrue(text.contains("not its own host") || text.contains("no usable URL"), text)
        let download = await failure { () throws(LocalFileError) in
          _ = try await FileDownloader(directory: folder, options).download([asked])
        }
        XCTAssertTrue(
          download.contains("not its own host") || download.contains("no usable URL")
            || download.contains("would not be in"), download)
      }
    }
    XCTAssertEqual(server.answered, 0)
  }

  func testRedirectionsAreNotFollowed() async throws {
    let target = try StubServer { _ in .init() }
    defer { target.stop() }
    let server = try StubServer { [port = target.port] _ in
      .init(status: "307 Temporary Redirect", headers: ["Location: http://127.0.0.1:\(port)/"])
    }
    defer { server.stop() }
    let own = try LocalFile(path: outside + "/mine.txt")
    let uploading = await failure { () throws(LocalFileError) in
      try await FileUploader(options).upload([entry(own.file, server)], from: [own])
    }
    XCTAssertTrue(uploading.contains("status 307"), uploading)
    var file = own.file
    file.desc?.path = "x"
    let downloading = await failure { () throws(LocalFileError) in
      _ = try await FileDownloader(directory: folder, options).download([entry(file, server)])
    }
    XCTAssertTrue(downloading.contains("status 307"), downloading)
    XCTAssertEqual(target.answered, 0)
  }

  // MARK: - Downloads

  /// A file with the content of mine.txt and a name of the server's choice.
  private func file(named name: String) throws -> File {
    var file = try LocalFile(path: outside + "/mine.txt").file
    file.desc?.path = name
    return file
  }

  private func contents(of folder: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
  }

  func testDownloadsStayBelowTheFolder() async throws {
    let server = try StubServer { _ in .init(body: Array("evil".utf8)) }
    defer { server.stop() }
    for name in [
      "", ".", "/", "..", "../x", "a/../../x", "a/..", "/../x", "..\\x", "a\\..\\..\\x", "C:\\x",
      "a\\b", "a\u{0}b", "a\nb", "a\u{1B}[2Jb",
    ] {
      let files = [entry(try file(named: name), server)]
      let text = await failure { () throws(LocalFileError) in
        _ = try await FileDownloader(directory: folder, options).download(files)
      }
      XCTAssertTrue(text.contains("would not be in"), text)
      XCTAssertFalse(text.contains("\u{1B}") || text.contains("\n"), text)
    }
    XCTAssertEqual(server.answered, 0)
    XCTAssertEqual(try contents(of: folder), [])
    XCTAssertEqual(try contents(of: outside), ["mine.txt"])
  }

  func testAbsolutePathsCountFromTheFolder() async throws {
    let server = try StubServer { _ in .init(body: Array("mine".utf8)) }
    defer { server.stop() }
    let paths = try await FileDownloader(directory: folder, options)
      .download([entry(file(named: "/etc/./x"), server), entry(file(named: "y"), server)])
    XCTAssertEqual(paths, [folder + "/etc/x", folder + "/y"])
    XCTAssertEqual(try contents(of: folder), ["etc", "etc/x", "y"])
  }

  func testTwoFilesOfOneNameAreRefused() async throws {
    let server = try StubServer { _ in .init(body: Array("mine".utf8)) }
    defer { server.stop() }
    let files = [entry(try file(named: "a/x"), server), entry(try file(named: "/a//./x"), server)]
    let text = await failure { () throws(LocalFileError) in
      _ = try await FileDownloader(directory: folder, options).download(files)
    }
    XCTAssertTrue(text.contains("two files of that name"), text)
    XCTAssertEqual(server.answered, 0)
  }

  func testNoSymbolicLinkIsFollowed() async throws {
    let server = try StubServer { _ in .init(body: Array("mine".utf8)) }
    defer { server.stop() }
    let links = ["link": outside, "a/link": outside, "dangling": outside + "/made"]
    try FileManager.default.createDirectory(
      atPath: folder + "/a", withIntermediateDirectories: true)
    for (link, target) in links {
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/" + link, withDestinationPath: target)
    }
    for name in ["link/x", "a/link/x", "a/link/y/x", "dangling/x"] {
      let files = [entry(try file(named: name), server)]
      let text = await failure { () throws(LocalFileError) in
        _ = try await FileDownloader(directory: folder, options).download(files)
      }
      XCTAssertTrue(text.contains("symbolic link"), text)
    }
    XCTAssertEqual(try contents(of: outside), ["mine.txt"])
    // A link in the file's own place is replaced, and what it leads to stays.
    try Data("precious".utf8).write(to: URL(fileURLWithPath: outside + "/precious.txt"))
    try FileManager.default.createSymbolicLink(
      atPath: folder + "/result", withDestinationPath: outside + "/precious.txt")
    _ = try await FileDownloader(directory: folder, options)
      .download([entry(file(named: "result"), server)])
    XCTAssertEqual(
      try String(contentsOfFile: outside + "/precious.txt", encoding: .utf8), "precious")
    XCTAssertEqual(try String(contentsOfFile: folder + "/result", encoding: .utf8), "mine")
  }

  /// Whatever comes instead of the file, what was there before stays, and nothing else does.
  func testAnotherContentLeavesNoTrace() async throws {
    try Data("before".utf8).write(to: URL(fileURLWithPath: folder + "/result"))
    let answers: [StubServer.Answer] = [
      .init(body: Array("evil".utf8)), .init(body: Array("mine and more".utf8)), .init(),
      .init(status: "404 Not Found"),
      .init(status: "206 Partial Content", body: Array("mine".utf8)),
      .init(body: [UInt8](repeating: 0, count: 65_536), isEndless: true),
    ]
    let server = try StubServer { answers[$0] }
    defer { server.stop() }
    for answer in answers {
      let files = [entry(try file(named: "result"), server)]
      let text = await failure { () throws(LocalFileError) in
        _ = try await FileDownloader(directory: folder, options).download(files)
      }
      XCTAssertTrue(
        text.contains("another content") || text.contains("refused"), "\(answer.status): \(text)")
    }
    XCTAssertEqual(try contents(of: folder), ["result"])
    XCTAssertEqual(try String(contentsOfFile: folder + "/result", encoding: .utf8), "before")
  }
}
