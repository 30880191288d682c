/// Reads a filter from left to right, by Unicode scalars.
struct FilterScanner {
  private var rest: Substring.UnicodeScalarView
  /// How many characters are read, counted from 1 for people.
  private(set) var position = 1

  init(_ text: String) { rest = Substring(text).unicodeScalars }

  var isAtEnd: Bool { rest.isEmpty }

  @discardableResult
  mutating func skipSpace() -> Bool {
    var hasSpace = false
    while let next = rest.first, next == " " || next == "\t" || next == "\n" || next == "\r" {
      advance()
      hasSpace = true
    }
    return hasSpace
  }

  mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
    guard rest.first == scalar else { return false }
    advance()
    return true
  }

  /// A run of ASCII letters and underscores, perhaps empty.
  mutating func word() -> String {
    var word = ""
    while let next = rest.first, next == "_" || (next.isASCII && next.properties.isAlphabetic) {
      word.unicodeScalars.append(next)
      advance()
    }
    return word
  }

  /// A value in double quotes, or nil if there is none or it does not end.
  mutating func quotedValue() -> String? {
    guard skip("\"") else { return nil }
    var value = ""
    while let next = rest.first {
      advance()
      switch next {
      case "\"": return value
      case "\\":
        guard let escaped = rest.first, escaped == "\"" || escaped == "\\" else { return nil }
        value.unicodeScalars.append(escaped)
        advance()
      default: value.unicodeScalars.append(next)
      }
    }
    return nil
  }

  private mutating func advance() {
    rest.removeFirst()
    position += 1
  }
}
