internal import ArgumentParser
internal import Foundation

/// A secret in a file or on standard input, in one line.
enum Secret {
  /// Reads the secret at this path, `-` for standard input; the line's end does not belong to it.
  ///
  /// - Parameter what: what errors call it, as in `token`.
  static func read(_ path: String, what: String) throws -> String {
    let data: Data
    do {
      data =
        path == "-"
        ? try FileHandle.standardInput.readToEnd() ?? Data()
        : try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw ValidationError("The \(what) in \(path) cannot be read.")
    }
    let place = path == "-" ? "standard input" : path
    guard let text = String(validating: data, as: UTF8.self)?.trimmingCharacters(in: .newlines),
      !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw ValidationError("\(place) holds no \(what): one line of printable ASCII, no blanks.")
    }
    return text
  }
}
