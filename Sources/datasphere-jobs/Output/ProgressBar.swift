internal import Foundation
internal import JobClient
internal import JobMessages
internal import Safeguards
internal import Synchronization

/// How far an upload is: a bar on a terminal's line, or a line for each file elsewhere.
///
/// It goes to standard error, so that standard output holds the answer alone.
final class ProgressBar: Sendable {
  private static let width = 30

  private let isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1
  /// What the line shows; empty when it is a new one.
  private let shown = Mutex("")

  /// Shows an event of an upload.
  @Sendable func show(_ event: FileUploader.Event) {
    switch event {
    case .began(let file):
      if isTerminal { return draw(file, sent: 0) }
      write("uploading \(path(of: file)) (\(file.sizeBytes) bytes)\n")
    case .sent(let file, let bytes): draw(file, sent: bytes)
    case .ended(let file):
      draw(file, sent: file.sizeBytes)
      breakOff()
    }
  }

  /// Leaves the line as it is and begins a new one.
  func breakOff() {
    let isBegun = shown.withLock { shown in
      defer { shown = "" }
      return !shown.isEmpty
    }
    if isBegun { write("\n") }
  }

  /// Draws the bar if it looks otherwise than before: whole percents, however small the steps are.
  private func draw(_ file: File, sent: Int64) {
    guard isTerminal else { return }
    let size = file.sizeBytes
    let part = size > 0 ? Double(min(sent, size)) / Double(size) : 1
    let filled = Int(part * Double(Self.width))
    let bar =
      String(repeating: "#", count: filled)
      + String(repeating: "-", count: Self.width - filled)
    let line = "[\(bar)] \(Int(part * 100)) % of \(size) bytes, \(path(of: file))"
    let isNew = shown.withLock { shown in
      defer { shown = line }
      return shown != line
    }
    if isNew { write("\r\u{1B}[K" + line) }
  }

  private func path(of file: File) -> String { quotedIfUnsafe(file.desc?.path ?? "") }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
