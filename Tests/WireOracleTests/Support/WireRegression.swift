import Foundation

/// An input on which a Swift type and the oracle once disagreed, or that once trapped.
///
/// `Regressions/` holds them as text, a line each: the message's full name, the encoding in
/// hexadecimal, and a second one if it is merged into the first. Lines with `#` say what was wrong.
/// They name the message, unlike the fuzzer's own files, whose first byte changes its meaning when a
/// message type is added.
struct WireRegression {
  var file: String
  var message: String
  var first: [UInt8]
  var second: [UInt8]

  struct Malformed: Error { let line: String }

  static func load() throws -> [WireRegression] {
    let folder = RepositoryFiles.root.appending(path: "Tests/WireOracleTests/Regressions")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    return try names.filter { $0.hasSuffix(".txt") }.sorted().flatMap { name in
      let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
      return try lines.map { try WireRegression(file: name, line: String($0)) }
    }
  }

  private init(file: String, line: String) throws {
    let words = line.split(separator: " ").map(String.init)
    let encodings = words.dropFirst().compactMap { bytes(hexadecimal: $0 == "-" ? "" : $0) }
    guard let name = words.first, (1...2).contains(encodings.count),
      encodings.count == words.count - 1
    else { throw Malformed(line: line) }
    self.file = file
    message = name
    first = encodings[0]
    second = encodings.count > 1 ? encodings[1] : []
  }
}
