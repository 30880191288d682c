/// A job's command, which refers to vars and arguments as `${NAME}` and is never filled in here.
enum CommandTemplate {
  /// The distinct names that the command refers to, in order: what `\$\{(.+?)\}` matches, with no
  /// newline inside a name (clone-semantics §4).
  ///
  /// As in the pattern, a name has at least one character even if that is `}`.
  static func references(in command: String) -> [String] {
    let bytes = Array(command.utf8)
    var names: [String] = []
    var seen: Set<ByteString> = []
    var index = 0
    while index + 2 < bytes.count {
      guard bytes[index] == UInt8(ascii: "$"), bytes[index + 1] == UInt8(ascii: "{") else {
        index += 1
        continue
      }
      let start = index + 2
      guard bytes[start] != newline else {
        index = start + 1
        continue
      }
      var end = start + 1
      while end < bytes.count, bytes[end] != UInt8(ascii: "}"), bytes[end] != newline { end += 1 }
      // Without a closing brace none of the openings before this point has one.
      if end < bytes.count, bytes[end] != newline {
        let name = String(decoding: bytes[start..<end], as: UTF8.self)
        if seen.insert(ByteString(name)).inserted { names.append(name) }
      }
      index = end + 1
    }
    return names
  }

  private static let newline = UInt8(ascii: "\n")
}
