/// What a file's path looks like by itself (clone-semantics §4).
enum PathForm {
  /// The longest component that Linux file systems can store, in bytes.
  static let componentLimit = 255
  /// The longest path that Linux system calls take, in bytes.
  static let lengthLimit = 4_096

  /// Whether a file can have the path at all.
  static func isPossible(_ path: String) -> Bool { impossibility(of: path) == nil }

  /// What is wrong with a path, if anything is.
  ///
  /// - Parameter hasVar: a path with a var may lead anywhere; others stay in the working directory,
  ///   also on Windows, where the official clients may write the files.
  static func fault(of path: String, hasVar: Bool) -> String? {
    if let impossibility = impossibility(of: path) { return impossibility }
    return hasVar ? nil : escape(of: path).map { "\(quoted(path)) \($0)" }
  }

  /// Why no file can have the path.
  private static func impossibility(of path: String) -> String? {
    let bytes = path.utf8
    if bytes.isEmpty { return "must not be empty" }
    if bytes.count > lengthLimit {
      return "\(quoted(path)) has \(bytes.count) bytes, over the limit of \(lengthLimit)"
    }
    if path.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
      return "\(quoted(path)) contains a control character"
    }
    let components = components(of: path)
    if components.isEmpty, bytes.first != separator {
      return "\(quoted(path)) is the working directory itself"
    }
    if let long = components.first(where: { $0.count > componentLimit }) {
      return "\(quoted(path)) has a component of \(long.count) bytes, over the limit of "
        + "\(componentLimit)"
    }
    return nil
  }

  /// How the path leads, or could lead, out of the working directory.
  private static func escape(of path: String) -> String? {
    let bytes = path.utf8
    if bytes.first == separator { return "is absolute, which only a path with a var may be" }
    let components = components(of: path)
    if components.contains(where: { $0.elementsEqual("..".utf8) }) {
      return "contains .., which only a path with a var may"
    }
    if bytes.contains(UInt8(ascii: "\\")) {
      return "contains a backslash, which only a path with a var may"
    }
    if let first = components.first, isDriveLetter(first) {
      return "begins with a drive letter, which only a path with a var may"
    }
    return nil
  }

  /// The components that lead somewhere: neither empty nor `.`.
  private static func components(of path: String) -> [Substring.UTF8View] {
    path.utf8.split(separator: separator).filter { !$0.elementsEqual(".".utf8) }
  }

  private static func isDriveLetter(_ component: Substring.UTF8View) -> Bool {
    guard let letter = component.first, component.dropFirst().first == UInt8(ascii: ":") else {
      return false
    }
    return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter | 0x20)
  }

  private static let separator = UInt8(ascii: "/")
}
