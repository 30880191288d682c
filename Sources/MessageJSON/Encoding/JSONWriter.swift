/// Writes the tokens of a JSON text, with the commas and the white space between them.
struct JSONWriter {
  private(set) var bytes: [UInt8] = []
  private let isPretty: Bool
  private var depth = 0
  /// Whether the innermost object or list has no member yet.
  private var isEmpty = true

  init(isPretty: Bool) { self.isPretty = isPretty }

  mutating func open(_ bracket: Unicode.Scalar) {
    bytes.append(UInt8(ascii: bracket))
    depth += 1
    isEmpty = true
  }

  mutating func close(_ bracket: Unicode.Scalar) {
    depth -= 1
    if !isEmpty { breakLine() }
    bytes.append(UInt8(ascii: bracket))
    isEmpty = false
  }

  /// Begins a member of an object.
  mutating func key(_ name: some Sequence<UInt8>) {
    element()
    string(name)
    raw(isPretty ? ": " : ":")
  }

  /// Begins an element of a list.
  mutating func element() {
    if !isEmpty { raw(",") }
    breakLine()
    isEmpty = false
  }

  /// Writes text that needs no escapes.
  mutating func raw(_ text: String) { bytes += text.utf8 }

  /// Writes text that needs no escapes in quotes.
  mutating func quoted(_ text: String) {
    raw("\"")
    raw(text)
    raw("\"")
  }

  mutating func string(_ text: some Sequence<UInt8>) {
    raw("\"")
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""): raw("\\\"")
      case UInt8(ascii: "\\"): raw("\\\\")
      case 0x08: raw("\\b")
      case 0x09: raw("\\t")
      case 0x0a: raw("\\n")
      case 0x0c: raw("\\f")
      case 0x0d: raw("\\r")
      case ..<0x20: raw((byte < 0x10 ? "\\u000" : "\\u00") + String(byte, radix: 16))
      default: bytes.append(byte)
      }
    }
    raw("\"")
  }

  mutating func base64(_ content: [UInt8]) {
    raw("\"")
    Base64.append(content, to: &bytes)
    raw("\"")
  }

  private mutating func breakLine() {
    guard isPretty else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
  }
}
