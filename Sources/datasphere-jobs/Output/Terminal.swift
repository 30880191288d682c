internal import ArgumentParser
internal import Foundation
internal import Safeguards

/// Where commands write: answers to standard output, everything else to standard error.
enum Terminal {
  /// Standard output does not take what a command answers.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Whether standard output is a terminal.
  static var isInteractive: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Writes lines to standard output; they are there when this returns.
  ///
  /// - Throws: ``Failure`` when they cannot be written; a reader that has gone ends the program
  ///   without a word.
  static func print(_ text: String) throws { try write(Data((text + "\n").utf8)) }

  /// Writes bytes to standard output.
  static func write(_ data: Data) throws {
    do {
      try FileHandle.standardOutput.write(contentsOf: data)
    } catch {
      guard let reason = reason(of: error) else { throw ExitCode.failure }
      throw Failure(description: "Standard output cannot be written: \(reason).")
    }
  }

  /// Writes lines to standard error, with whatever could steer the terminal escaped.
  static func complain(_ text: String) {
    // There is nobody to tell that it failed.
    try? FileHandle.standardError.write(contentsOf: Data((escapedLines(text) + "\n").utf8))
  }

  /// Checks that what was printed otherwise is there as well.
  static func finish() throws {
    guard fflush(nil) != 0 else { return }
    throw Failure(
      description: "Standard output cannot be written: \(String(cString: strerror(errno))).")
  }

  /// Why writing failed; nil when the reader has gone.
  private static func reason(of error: any Error) -> String? {
    let error = error as NSError
    let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError ?? error
    guard cause.domain == NSPOSIXErrorDomain else {
      return error.code == CocoaError.fileWriteOutOfSpace.rawValue
        ? String(cString: strerror(ENOSPC)) : error.localizedDescription
    }
    return cause.code == Int(EPIPE) ? nil : String(cString: strerror(Int32(cause.code)))
  }
}
