internal import ProtobufWire

/// Turns the JSON text of a message into its wire encoding, for the type's own decoder to read.
///
/// Messages can be visited but not set field by field from outside, and this way they need not be:
/// the table of fields is all that reading takes.
struct WireTranscoder {
  var scanner: JSONScanner
  let ignoresUnknownFields: Bool
  private var tables: [ObjectIdentifier: FieldTable] = [:]

  static func encoding(
    of type: any Message.Type, json: [UInt8], options: JSONOptions
  ) throws(JSONError) -> [UInt8] {
    var transcoder = WireTranscoder(
      scanner: try JSONScanner(json), ignoresUnknownFields: options.ignoresUnknownFields)
    let encoding = try transcoder.message(type)
    try transcoder.scanner.expectEnd()
    return encoding
  }

  private init(scanner: JSONScanner, ignoresUnknownFields: Bool) {
    self.scanner = scanner
    self.ignoresUnknownFields = ignoresUnknownFields
  }

  /// Reads a message: an object of its fields, or the special form that its type has.
  mutating func message(_ type: any Message.Type) throws(JSONError) -> [UInt8] {
    try scanner.enter()
    defer { scanner.leave() }
    if let form = SpecialForm(type) { return try special(form) }
    try takeBrace()
    return try fields(of: type)
  }

  func wrongType(_ expected: String) -> JSONError {
    scanner.failure(.wrongType(expected: expected))
  }

  mutating func takeBrace() throws(JSONError) {
    guard scanner.take("{") else { throw wrongType("an object") }
  }

  /// Reads the members of an object behind its brace, apart from one that is read elsewhere.
  mutating func fields(
    of type: any Message.Type, except other: StaticString? = nil
  ) throws(JSONError) -> [UInt8] {
    let table = table(of: type)
    var encoding: [UInt8] = []
    var members = JSONScanner.Members()
    var numbers: Set<Int> = []
    var oneofs: Set<String> = []
    while let key = try scanner.nextKey(&members) {
      if let other, key.elementsEqual(other.description.utf8) {
        try scanner.skipValue()
      } else if let row = table[key] {
        scanner.path.append(.field(row.jsonName))
        // The two spellings of a name make two keys, but one field.
        guard numbers.insert(row.schema.number).inserted else { throw scanner.failure(.duplicate) }
        if !scanner.takeWord("null") {
          if let oneof = row.schema.oneof, !oneofs.insert(oneof).inserted {
            throw scanner.failure(.oneofSetTwice(oneof))
          }
          try field(row.schema, &encoding)
        }
        scanner.path.removeLast()
      } else {
        try skipUnknown(key)
      }
    }
    return encoding
  }

  mutating func skipUnknown(_ key: [UInt8]) throws(JSONError) {
    if !ignoresUnknownFields {
      scanner.path.append(.field(String(decoding: key, as: UTF8.self)))
      throw scanner.failure(.unknownField)
    }
    try scanner.skipValue()
  }

  private mutating func field(
    _ schema: FieldSchema, _ encoding: inout [UInt8]
  ) throws(JSONError) {
    if case .stringMap = schema.kind {
      try map(schema, &encoding)
    } else if schema.isRepeated {
      try list(schema, &encoding)
    } else {
      try value(schema, &encoding)
    }
  }

  private mutating func list(
    _ schema: FieldSchema, _ encoding: inout [UInt8]
  ) throws(JSONError) {
    guard scanner.take("[") else { throw wrongType("a list") }
    try scanner.enter()
    var index = 0
    while try scanner.nextElement(isFirst: index == 0) {
      scanner.path.append(.index(index))
      try value(schema, &encoding)
      scanner.path.removeLast()
      index += 1
    }
    scanner.leave()
  }

  private mutating func map(
    _ schema: FieldSchema, _ encoding: inout [UInt8]
  ) throws(JSONError) {
    try takeBrace()
    try scanner.enter()
    var members = JSONScanner.Members()
    while let key = try scanner.nextKey(&members) {
      scanner.path.append(.key(String(decoding: key, as: UTF8.self)))
      var entry: [UInt8] = []
      entry.appendLengthDelimited(field: 1, key)
      entry.appendLengthDelimited(field: 2, try text())
      encoding.appendLengthDelimited(field: schema.number, entry)
      scanner.path.removeLast()
    }
    scanner.leave()
  }

  private mutating func table(of type: any Message.Type) -> FieldTable {
    let identifier = ObjectIdentifier(type)
    if let table = tables[identifier] { return table }
    let table = FieldTable(type)
    tables[identifier] = table
    return table
  }
}
