internal import Foundation
internal import Safeguards

/// A text file that decides who may do what: a line a fact, of words between blanks.
///
/// Empty lines and lines that begin with `#` mean nothing. Others than its owner may not write it,
/// and others than those it is for not read it.
package struct GuardedFile: Sendable {
  /// A line that means something.
  package struct Line {
    /// Counted from 1.
    package let number: Int
    package let words: [String]
  }

  /// Who beside the file's owner may read it.
  package enum Readers: Sendable {
    case nobody
    case group
    case everybody
  }

  static let maximumSize = 4 << 20

  package let path: String
  /// What errors call the file, as in `token file`.
  let role: String
  var readers = Readers.group

  /// A file that nobody has looked at yet.
  ///
  /// - Parameter role: what errors call it, as in `token file`.
  package init(path: String, role: String, readers: Readers = .group) {
    self.path = path
    self.role = role
    self.readers = readers
  }

  /// Everything in the file; blocks.
  func read() throws(StoreError) -> [UInt8] {
    guard let contents = try readIfThere() else { throw fault("cannot be opened", ENOENT) }
    return contents
  }

  /// Everything in the file, or nil when there is none; blocks.
  func readIfThere() throws(StoreError) -> [UInt8]? {
    let (forbidden, advice): (UInt32, String) =
      switch readers {
      case .nobody: (0o077, "chmod 600 it")
      case .group: (0o027, "chmod 600 it, or 640 for a group of readers")
      case .everybody: (0o022, "chmod 644 it")
      }
    do throws(GuardedReading.Fault) {
      return try GuardedReading.bytes(
        of: path, forbidden: forbidden, advice: advice, limit: Self.maximumSize)
    } catch {
      switch error {
      case .system(let what, let number): throw fault(what, number)
      case .wrong(let what): throw wrong(what)
      }
    }
  }

  /// The lines that mean something.
  package func lines(of contents: [UInt8]) throws(StoreError) -> [Line] {
    var lines: [Line] = []
    let parts = contents.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, bytes) in parts.enumerated() {
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw wrong("is not UTF-8 text", line: index + 1)
      }
      let words = text.split { $0 == " " || $0 == "\t" || $0 == "\r" }.map(String.init)
      guard let first = words.first, !first.hasPrefix("#") else { continue }
      lines.append(Line(number: index + 1, words: words))
    }
    return lines
  }

  // MARK: Errors

  /// What is wrong with the file; what stands in it stays out of the message.
  package func wrong(_ what: String, line: Int? = nil) -> StoreError {
    let place = line.map { "line \($0) " } ?? ""
    return StoreError(.misconfigured, "\(role) \(path): \(place)\(what)")
  }

  /// The error of a system call, of the one that has just failed unless another is named.
  func fault(_ what: String, _ number: Int32 = errno) -> StoreError {
    let code: StoreError.Code =
      switch number {
      case ENOSPC, EDQUOT: .full
      case EIO, EINTR, EAGAIN, ENFILE, EMFILE, ENOMEM: .unavailable
      default: .misconfigured
      }
    return StoreError(code, "\(role) \(path): \(what): \(String(cString: strerror(number)))")
  }
}

extension String {
  /// Whether this can name a principal or a project in such a file: printable ASCII, not too long.
  ///
  /// No other letters, so that nothing that merely looks alike is somebody else's name.
  var isPlainName: Bool {
    (1...256).contains(utf8.count) && utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }
}
