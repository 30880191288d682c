/// Takes a JSON text apart, token by token, and says where a failure is.
///
/// Foundation's parser would not do: of two equal keys it keeps the last without a word, it lets
/// `[1,]` pass, cannot tell `true` from `1`, and its values do not know where in the text they were.
struct JSONScanner {
  private let text: [UInt8]
  private(set) var position = 0
  private var level = 0
  /// The place in the message that is being read.
  var path = JSONPath()
  /// Where the `@type`s are that were seen ahead, by the places behind the braces of their objects.
  private var typePlaces: [Int: Int] = [:]
  /// Up to where all `@type`s have been seen.
  private var typesSeenUpTo = 0

  /// Starts at the first token of a text, which must be UTF-8.
  init(_ text: [UInt8]) throws(JSONError) {
    self.text = text
    var offset: Int?
    do throws(UTF8.ValidationError) {
      _ = try UTF8Span(validating: text.span)
    } catch {
      offset = error.byteOffsets.lowerBound
    }
    if let offset {
      position = offset
      throw failure(.invalidUTF8)
    }
    skipWhitespace()
  }

  /// The first byte of the token that is next; nil at the end.
  var next: UInt8? { position < text.count ? text[position] : nil }

  /// Makes an error at the current place or an earlier one, counting lines only now.
  func failure(_ reason: JSONError.Reason, at offset: Int? = nil) -> JSONError {
    let past = text[..<(offset ?? position)]
    let lineStart = past.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let lines = past.reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
    let columns = past[lineStart...].reduce(1) { $1 & 0xc0 == 0x80 ? $0 : $0 + 1 }
    return JSONError(
      reason, path: path.text, position: JSONError.Position(line: lines, column: columns))
  }

  mutating func expectEnd() throws(JSONError) {
    if next != nil { throw failure(.syntax(expected: "the end of the text")) }
  }

  /// Counts one more level of nesting, and fails when there are too many.
  mutating func enter() throws(JSONError) {
    guard level < JSONLimits.nesting else { throw failure(.nestingTooDeep) }
    level += 1
  }

  mutating func leave() { level -= 1 }

  private mutating func skipWhitespace() {
    while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
      position += 1
    }
  }
}

// MARK: - Punctuation and words

extension JSONScanner {
  /// Takes a punctuation character and the white space behind it if it is next.
  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    skipWhitespace()
    return true
  }

  /// Takes `true`, `false` or `null` if it is next.
  mutating func takeWord(_ word: StaticString) -> Bool {
    let isNext = word.withUTF8Buffer { text[position...].starts(with: $0) }
    guard isNext else { return false }
    position += word.utf8CodeUnitCount
    skipWhitespace()
    return true
  }

  /// Takes a number; whether it is a whole one is for the caller to ask.
  mutating func number() throws(JSONError) -> WholeNumber {
    let token = text[position...].prefix { byte in
      byte.isASCIIDigit || "+-.eE".utf8.contains(byte)
    }
    let number = WholeNumber(token)
    if number == .notANumber { throw failure(.syntax(expected: "a value")) }
    position = token.endIndex
    skipWhitespace()
    return number
  }
}

// MARK: - Objects and lists

extension JSONScanner {
  /// The keys that an object has had so far.
  struct Members {
    fileprivate var keys: Set<[UInt8]> = []
    fileprivate var isFirst = true
  }

  /// Takes a key and its colon, or the end of the object, behind its opening brace.
  mutating func nextKey(_ members: inout Members) throws(JSONError) -> [UInt8]? {
    if take("}") { return nil }
    if !members.isFirst, !take(",") { throw failure(.syntax(expected: "',' or '}'")) }
    guard next == UInt8(ascii: "\"") else { throw failure(.syntax(expected: "a name in quotes")) }
    members.isFirst = false
    let start = position
    let key = try string()
    guard members.keys.insert(key).inserted else {
      path.append(.field(String(decoding: key, as: UTF8.self)))
      throw failure(.duplicate, at: start)
    }
    guard take(":") else { throw failure(.syntax(expected: "':'")) }
    return key
  }

  /// Whether an element is next, or else the end of the list, which is taken.
  mutating func nextElement(isFirst: Bool) throws(JSONError) -> Bool {
    if take("]") { return false }
    if !isFirst, !take(",") { throw failure(.syntax(expected: "',' or ']'")) }
    return true
  }

  /// Takes a value of any kind, which must be well-formed all the same.
  mutating func skipValue() throws(JSONError) {
    if take("{") {
      try enter()
      let start = position
      var members = Members()
      while let key = try nextKey(&members) {
        if key.elementsEqual("@type".utf8) { typePlaces[start] = position }
        try skipValue()
      }
      leave()
    } else if take("[") {
      try enter()
      var isFirst = true
      while try nextElement(isFirst: isFirst) {
        try skipValue()
        isFirst = false
      }
      leave()
    } else if next == UInt8(ascii: "\"") {
      _ = try string()
    } else if !takeWord("null"), !takeWord("true"), !takeWord("false") {
      _ = try number()
    }
  }
}

// MARK: - Looking ahead

extension JSONScanner {
  /// A scanner at the value of `@type`, which need not come first, of the object whose opening brace
  /// was just taken; nil if it has none.
  ///
  /// No part of the text is looked at twice, however deep such objects are nested.
  mutating func atType() throws(JSONError) -> JSONScanner? {
    if position >= typesSeenUpTo {
      var ahead = self
      typePlaces = [:]  // so that the other scanner need not copy them
      var members = Members()
      while let key = try ahead.nextKey(&members) {
        if key.elementsEqual("@type".utf8) {
          ahead.typePlaces[position] = ahead.position
          break
        }
        try ahead.skipValue()
      }
      typesSeenUpTo = ahead.position
      typePlaces = ahead.typePlaces
    }
    guard let place = typePlaces[position] else { return nil }
    var ahead = self
    ahead.position = place
    return ahead
  }
}

// MARK: - Strings

extension JSONScanner {
  /// Takes a string, which must be next, and returns what it stands for in UTF-8.
  mutating func string() throws(JSONError) -> [UInt8] {
    var content: [UInt8] = []
    position += 1
    while true {
      let plain = text[position...].prefix { $0 >= 0x20 && $0 != 0x22 && $0 != 0x5c }
      content += plain
      position = plain.endIndex
      switch next {
      case UInt8(ascii: "\"")?:
        position += 1
        skipWhitespace()
        return content
      case UInt8(ascii: "\\")?: try escape(&content)
      default: throw failure(.syntax(expected: "'\"' at the end of the string"))
      }
    }
  }

  private mutating func escape(_ content: inout [UInt8]) throws(JSONError) {
    let letter = position + 1 < text.count ? text[position + 1] : 0
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(letter)
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "f"): content.append(0x0c)
    case UInt8(ascii: "n"): content.append(0x0a)
    case UInt8(ascii: "r"): content.append(0x0d)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "u"):
      content += String(try escapedScalar()).utf8
      return
    default: throw failure(.syntax(expected: "an escape"))
    }
    position += 2
  }

  /// Takes `\u0041`, or two of them that make up a pair of surrogates.
  private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar {
    var code: UInt32?
    if let first = escapedUnit(at: position) {
      code = first
      if 0xd800..<0xdc00 ~= first, let second = escapedUnit(at: position + 6),
        0xdc00..<0xe000 ~= second
      {
        code = 0x10000 + (first - 0xd800) << 10 + (second - 0xdc00)
      }
    }
    guard let code, let scalar = Unicode.Scalar(code) else {
      throw failure(.syntax(expected: "an escaped character"))
    }
    position += code > 0xffff ? 12 : 6
    return scalar
  }

  /// The number in `\u0041` at an offset.
  private func escapedUnit(at offset: Int) -> UInt32? {
    let digits = text.dropFirst(offset).prefix(6)
    guard digits.count == 6, digits.starts(with: "\\u".utf8) else { return nil }
    var unit: UInt32 = 0
    for digit in digits.dropFirst(2) {
      guard let value = Character(Unicode.Scalar(digit)).hexDigitValue else { return nil }
      unit = unit << 4 | UInt32(value)
    }
    return unit
  }
}
