import Foundation
import InMemoryLogging
import Logging

/// A file of tokens or rules in a directory of its own, which goes with this object.
final class AccessFile {
  let path: String
  private let handler = InMemoryLogHandler()
  private let directory: URL

  /// Where the log lines of whoever reads the file go.
  var logger: Logger { Logger(label: "test") { _ in handler } }
  /// What was logged, a line an entry.
  var logged: [String] { handler.entries.map { "\($0.message) \($0.metadata)" } }

  init(_ text: String, mode: Int = 0o600) throws {
    directory = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
    path = directory.appending(path: "file").path()
    try write(text, mode: mode)
  }

  deinit { try? FileManager.default.removeItem(at: directory) }

  func write(_ text: String, mode: Int = 0o600) throws {
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  func remove() throws { try FileManager.default.removeItem(atPath: path) }
}
