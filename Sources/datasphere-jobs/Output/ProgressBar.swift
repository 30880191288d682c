internal import Foundation
internal import Safeguards

/// How far an upload is: a bar on a terminal's line, or a line for each file elsewhere.
///
/// It goes to standard error, so that standard output holds the answer alone.
struct ProgressBar: Sendable {
  private let isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1

  /// A file is about to be sent.
  func begin(_ path: String, size: Int64) {
    guard !isTerminal else { return update(path, sent: 0, size: size) }
    write("uploading \(quotedIfUnsafe(path)) (\(size) bytes)\n")
  }

  /// So many bytes of it are sent.
  func update(_ path: String, sent: Int64, size: Int64) {
    guard isTerminal else { return }
    let width = 30
    let filled = size > 0 ? Int(Int64(width) * min(sent, size) / size) : width
    let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled)
    write("\r\u{1B}[K[\(bar)] \(quotedIfUnsafe(path)) \(sent)/\(size)")
  }

  /// The file is sent.
  func end(_ path: String, size: Int64) {
    guard isTerminal else { return }
    update(path, sent: size, size: size)
    write("\n")
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
