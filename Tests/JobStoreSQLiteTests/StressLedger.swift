import Foundation
import Synchronization

/// What a process of ``FourProcessesTests`` was told is stored: a file to which it appends a line
/// before and after each write, so that what it was told survives its being killed.
final class StressLedger {
  /// What was last said of a job.
  struct Entry {
    /// The digest of the job as it was stored; nil when it was deleted, or never stored.
    var digest: String?
    /// Whether a write was begun, and the process was killed before it had its answer.
    var isOpen = false
  }

  private(set) var entries: [String: Entry] = [:]
  private(set) var writes = 0
  private(set) var checkpoints: Int64 = 0
  private let descriptor: Int32

  /// Reads what earlier processes of the name wrote, and appends to it.
  init(file: String) throws {
    descriptor = open(file, O_CREAT | O_RDWR | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw CocoaError(.fileReadUnknown) }
    for line in try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n") {
      apply(line.split(separator: " ").map(String.init))
    }
  }

  deinit { close(descriptor) }

  /// The jobs that are stored for certain, oldest name first.
  var live: [String] {
    entries.filter { $0.value.digest != nil && !$0.value.isOpen }.map(\.key).sorted()
  }

  /// A write of a job begins.
  func begin(_ id: String) { append(["begin", id]) }

  /// A write of a job was answered.
  func end(_ id: String, _ digest: String?) { append(["end", id] + (digest.map { [$0] } ?? [])) }

  func add(checkpoints count: Int64) { append(["checkpoints", "\(count)"]) }

  private func append(_ words: [String]) {
    apply(words)
    let line = Array((words.joined(separator: " ") + "\n").utf8)
    _ = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
  }

  private func apply(_ words: [String]) {
    guard words.count > 1 else { return }
    let id = words[1]
    switch words[0] {
    case "begin": entries[id, default: Entry()].isOpen = true
    case "end":
      entries[id] = Entry(digest: words.count > 2 ? words[2] : nil)
      writes += 1
    default: checkpoints += Int64(id) ?? 0
    }
  }
}

/// A ledger that several tasks write.
final class StressLog: Sendable {
  private let ledger: Mutex<StressLedger>

  init(_ ledger: sending StressLedger) { self.ledger = Mutex(ledger) }

  func update(_ body: (inout sending StressLedger) -> Void) { ledger.withLock { body(&$0) } }

  func read<Value: Sendable>(_ body: (StressLedger) -> Value) -> Value {
    ledger.withLock { body($0) }
  }
}
