extension Message {
  /// The type's name and the fields that are set, on one line, in the manner of protobuf's text
  /// format; this is also what string interpolation shows.
  ///
  /// Secrets read `"<redacted>"`; of raw bytes and unknown fields only the size is told. There is no
  /// `description`, since messages have fields of that name.
  public var debugDescription: String {
    let content = DescriptionVisitor.text(of: self)
    return content.isEmpty ? "\(Self.self) {}" : "\(Self.self) { \(content) }"
  }

  /// A mirror without children: `dump` and what else reflects shows ``debugDescription`` alone, and
  /// no secret.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Collects the fields it is shown, those that are set, as words of a text.
struct DescriptionVisitor: FieldVisitor {
  private var words: [String] = []

  static func text(of message: some Message) -> String {
    var visitor = DescriptionVisitor()
    message.visitFields(&visitor)
    let unknown = message.unknownFields
    if !unknown.isEmpty { visitor.words.append("<\(unknown.bytes.count) bytes of unknown fields>") }
    return visitor.words.joined(separator: " ")
  }

  private mutating func add(_ name: StaticString, _ value: some CustomStringConvertible) {
    words.append("\(name): \(value)")
  }

  private mutating func add(_ name: StaticString, text: String, secret: Bool = false) {
    words.append("\(name): \(secret ? "\"<redacted>\"" : Self.quoted(text))")
  }

  private mutating func add(_ name: StaticString, byteCount: Int) {
    words.append("\(name): <\(byteCount) bytes>")
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.unicodeScalars.map { $0.escaped(asASCII: false) }.joined() + "\""
  }

  mutating func string(_ number: UInt32, _ name: StaticString, _ value: String, secret: Bool) {
    if !value.isEmpty { add(name, text: value, secret: secret) }
  }

  mutating func bytes(_ number: UInt32, _ name: StaticString, _ value: [UInt8]) {
    if !value.isEmpty { add(name, byteCount: value.count) }
  }

  mutating func bool(_ number: UInt32, _ name: StaticString, _ value: Bool) {
    if value { add(name, value) }
  }

  mutating func int32(_ number: UInt32, _ name: StaticString, _ value: Int32) {
    if value != 0 { add(name, value) }
  }

  mutating func int64(_ number: UInt32, _ name: StaticString, _ value: Int64) {
    if value != 0 { add(name, value) }
  }

  mutating func enumeration<E: OpenEnum>(_ number: UInt32, _ name: StaticString, _ value: E) {
    if value.rawValue != 0 { add(name, value) }
  }

  mutating func message<M: Message>(
    _ number: UInt32, _ name: StaticString, _ value: M?, oneof: StaticString?
  ) {
    guard let value else { return }
    let content = Self.text(of: value)
    words.append(content.isEmpty ? "\(name) {}" : "\(name) { \(content) }")
  }

  mutating func optionalString(
    _ number: UInt32, _ name: StaticString, _ value: String?, oneof: StaticString, secret: Bool
  ) {
    if let value { add(name, text: value, secret: secret) }
  }

  mutating func optionalInt64(
    _ number: UInt32, _ name: StaticString, _ value: Int64?, oneof: StaticString
  ) {
    if let value { add(name, value) }
  }

  mutating func optionalEnumeration<E: OpenEnum>(
    _ number: UInt32, _ name: StaticString, _ value: E?, oneof: StaticString
  ) {
    if let value { add(name, value) }
  }

  mutating func repeatedString(_ number: UInt32, _ name: StaticString, _ values: [String]) {
    for value in values { add(name, text: value) }
  }

  mutating func repeatedBytes(_ number: UInt32, _ name: StaticString, _ values: [[UInt8]]) {
    for value in values { add(name, byteCount: value.count) }
  }

  mutating func repeatedInt32(_ number: UInt32, _ name: StaticString, _ values: [Int32]) {
    for value in values { add(name, value) }
  }

  mutating func repeatedMessage<M: Message>(
    _ number: UInt32, _ name: StaticString, _ values: [M]
  ) {
    for value in values { message(number, name, value, oneof: nil) }
  }

  mutating func map(_ number: UInt32, _ name: StaticString, _ values: StringMap) {
    for (key, value) in values {
      words.append("\(name) { key: \(Self.quoted(key)) value: \(Self.quoted(value)) }")
    }
  }
}
