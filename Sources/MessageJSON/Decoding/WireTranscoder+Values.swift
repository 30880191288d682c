internal import ProtobufWire

extension WireTranscoder {
  /// Reads a field's value, or an element of it, and appends it to the encoding.
  mutating func value(_ schema: FieldSchema, _ encoding: inout [UInt8]) throws(JSONError) {
    let number = schema.number
    switch schema.kind {
    case .string, .stringMap: encoding.appendLengthDelimited(field: number, try text())
    case .bytes: encoding.appendLengthDelimited(field: number, try bytes())
    case .bool: encoding.appendVarint(field: number, try bool() ? 1 : 0)
    case .int32: encoding.appendVarint(field: number, Int64(try int32()))
    case .int64: encoding.appendVarint(field: number, try int64())
    case .enumeration(let type):
      if let value = try enumeration(type) { encoding.appendVarint(field: number, Int64(value)) }
    case .message(let type):
      encoding.appendLengthDelimited(field: number, try message(type))
    }
  }

  /// Reads a string as UTF-8.
  mutating func text(_ expected: String = "a string") throws(JSONError) -> [UInt8] {
    guard scanner.next == UInt8(ascii: "\"") else { throw wrongType(expected) }
    return try scanner.string()
  }

  private mutating func bytes() throws(JSONError) -> [UInt8] {
    let start = scanner.position
    guard let bytes = Base64.bytes(try text("a string in base64")) else {
      throw scanner.failure(.malformed("base64"), at: start)
    }
    return bytes
  }

  private mutating func bool() throws(JSONError) -> Bool {
    if scanner.takeWord("true") { return true }
    if scanner.takeWord("false") { return false }
    throw wrongType("true or false")
  }

  private mutating func int32() throws(JSONError) -> Int32 {
    let start = scanner.position
    guard let value = Int32(exactly: try int64(type: "int32")) else {
      throw scanner.failure(.outOfRange("int32"), at: start)
    }
    return value
  }

  /// Reads a number, or a string that holds one.
  mutating func int64(type: String = "int64") throws(JSONError) -> Int64 {
    let start = scanner.position
    let number =
      if scanner.next == UInt8(ascii: "\"") {
        WholeNumber(try scanner.string())
      } else {
        try wholeNumber("a number")
      }
    switch number {
    case .value(let value): return value
    case .outOfRange: throw scanner.failure(.outOfRange(type), at: start)
    case .notANumber: throw scanner.failure(.malformed("a number"), at: start)
    }
  }

  private mutating func wholeNumber(_ expected: String) throws(JSONError) -> WholeNumber {
    guard let first = scanner.next, first.isASCIIDigit || first == UInt8(ascii: "-") else {
      throw wrongType(expected)
    }
    return try scanner.number()
  }

  /// Reads a value's name, its number, or a string that holds the number in plain digits.
  ///
  /// Nil is a name that is not declared, when such are ignored.
  private mutating func enumeration(_ type: any OpenEnum.Type) throws(JSONError) -> Int32? {
    let start = scanner.position
    let number: WholeNumber
    if scanner.next == UInt8(ascii: "\"") {
      let name = try scanner.string()
      if let value = Self.number(type, name) { return value }
      let isPlain = name.allSatisfy { $0.isASCIIDigit || $0 == UInt8(ascii: "-") }
      number = isPlain ? WholeNumber(name) : .notANumber
    } else {
      number = try wholeNumber("the name or number of an enum's value")
    }
    if number == .notANumber {
      if ignoresUnknownFields { return nil }
      throw scanner.failure(.unknownEnumValue(type.fullName), at: start)
    }
    guard case .value(let value) = number, let value = Int32(exactly: value) else {
      throw scanner.failure(.outOfRange("int32"), at: start)
    }
    return value
  }

  private static func number<E: OpenEnum>(_: E.Type, _ name: [UInt8]) -> Int32? {
    E.names.first { $0.key.utf8.elementsEqual(name) }?.value.rawValue
  }
}
