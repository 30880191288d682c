internal import ArgumentParser
internal import Foundation
internal import Safeguards

/// A secret in a file or on standard input, in one line.
enum Secret {
  /// Reads the secret at this path, `-` for standard input; the line's end does not belong to it.
  ///
  /// - Parameter what: what errors call it, as in `token`.
  static func read(_ path: String, what: String) throws -> String {
    let data = try InputFile.read(path, what: "The \(what) file")
    let place = path == "-" ? "standard input" : quotedIfUnsafe(path)
    guard let text = String(validating: data, as: UTF8.self)?.trimmingCharacters(in: .newlines),
      !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw ValidationError("\(place) holds no \(what): one line of printable ASCII, no blanks.")
    }
    return text
  }
}
