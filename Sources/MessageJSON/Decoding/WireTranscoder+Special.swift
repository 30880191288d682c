internal import JobMessages
internal import ProtobufWire

extension WireTranscoder {
  /// Reads a message in the special form of its type.
  mutating func special(_ form: SpecialForm) throws(JSONError) -> [UInt8] {
    switch form {
    case .duration:
      try read(ProtobufDuration.init(jsonText:), "a duration, such as \"1.5s\"")
    case .timestamp:
      try read(ProtobufTimestamp.init(jsonText:), "a time, such as \"2025-01-31T23:59:59Z\"")
    case .int64Value: ProtobufInt64Value(value: try int64()).serializedBytes()
    case .any: try any().serializedBytes()
    }
  }

  private mutating func read<M: Message>(
    _ make: (String) -> M?, _ expected: String
  ) throws(JSONError) -> [UInt8] {
    let start = scanner.position
    let text = try text(expected)
    guard let message = make(String(decoding: text, as: UTF8.self)) else {
      throw scanner.failure(.malformed(expected), at: start)
    }
    return message.serializedBytes()
  }

  private mutating func any() throws(JSONError) -> ProtobufAny {
    try takeBrace()
    if scanner.take("}") { return ProtobufAny() }
    let url = try typeURL()
    guard let type = ProtobufAny.messageType(url: url) else {
      scanner.path.append(.field("@type"))
      throw scanner.failure(.unknownMessageType)
    }
    let encoding =
      if SpecialForm(type) == nil {
        try fields(of: type, except: "@type")
      } else {
        try specialValue(type)
      }
    do throws(WireError) {
      return ProtobufAny(typeURL: url, value: try Self.canonical(type, encoding))
    } catch {
      throw scanner.failure(.undecodable(error))
    }
  }

  /// Looks for `@type`, without moving on.
  private mutating func typeURL() throws(JSONError) -> String {
    guard let place = try scanner.atType() else { throw scanner.failure(.missing("@type")) }
    var ahead = self
    ahead.scanner = place
    ahead.scanner.path.append(.field("@type"))
    return String(decoding: try ahead.text(), as: UTF8.self)
  }

  /// Reads the rest of an `Any` whose message is its member `value`.
  private mutating func specialValue(_ type: any Message.Type) throws(JSONError) -> [UInt8] {
    var encoding: [UInt8]?
    var members = JSONScanner.Members()
    while let key = try scanner.nextKey(&members) {
      if key.elementsEqual("@type".utf8) {
        try scanner.skipValue()
      } else if key.elementsEqual("value".utf8) {
        scanner.path.append(.field("value"))
        encoding = try message(type)
        scanner.path.removeLast()
      } else {
        try skipUnknown(key)
      }
    }
    guard let encoding else { throw scanner.failure(.missing("value")) }
    return encoding
  }

  /// Encodes anew, since the order of fields in the text is of no account.
  private static func canonical<M: Message>(
    _: M.Type, _ encoding: [UInt8]
  ) throws(WireError) -> [UInt8] {
    try M(serializedBytes: encoding).serializedBytes()
  }
}
