import JobMessages
import MessageJSON
import ProtobufWire
import TestSupport

/// Makes messages of any type from the tables of fields; all of them can be said in JSON.
struct RandomMessages {
  var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func message<M: Message>(_: M.Type) throws -> M {
    try M(serializedBytes: encoding(of: M.self, depth: 0))
  }

  private mutating func encoding(of type: any Message.Type, depth: Int) -> [UInt8] {
    switch type {
    case is ProtobufDuration.Type: return duration().serializedBytes()
    case is ProtobufTimestamp.Type:
      let seconds = Int64.random(in: -62_135_596_800...253_402_300_799, using: &random)
      return ProtobufTimestamp(seconds: seconds, nanos: nanos()).serializedBytes()
    case is ProtobufAny.Type: return any(depth: depth).serializedBytes()
    default: break
    }
    var bytes: [UInt8] = []
    let share = depth < 5 ? Double.random(in: 0...1, using: &random) : 0
    var oneofs: Set<String> = []
    for field in type.fieldSchemas where Double.random(in: 0...1, using: &random) < share {
      if let oneof = field.oneof, !oneofs.insert(oneof).inserted { continue }
      let isSeveral = if case .stringMap = field.kind { true } else { field.isRepeated }
      let count = isSeveral ? Int.random(in: 0...3, using: &random) : 1
      for _ in 0..<count { append(field, to: &bytes, depth: depth) }
    }
    return bytes
  }

  private mutating func append(_ field: FieldSchema, to bytes: inout [UInt8], depth: Int) {
    switch field.kind {
    case .string: append(field.number, Array(text().utf8), to: &bytes)
    case .bytes: append(field.number, raw(), to: &bytes)
    case .stringMap:
      var entry: [UInt8] = []
      append(1, Array(text().utf8), to: &entry)
      append(2, Array(text().utf8), to: &entry)
      append(field.number, entry, to: &bytes)
    case .message(let type):
      append(field.number, encoding(of: type, depth: depth + 1), to: &bytes)
    case .bool: append(field.number, 1, to: &bytes)
    case .int32:
      append(field.number, Int64(Int32.random(in: .min ... .max, using: &random)), to: &bytes)
    case .int64: append(field.number, integer(), to: &bytes)
    case .enumeration: append(field.number, Int64.random(in: -1...9, using: &random), to: &bytes)
    }
  }

  private mutating func duration() -> ProtobufDuration {
    let isNegative = Bool.random(using: &random)
    let seconds = Int64.random(in: 0...315_576_000_000, using: &random)
    let nanos = nanos()
    return ProtobufDuration(
      seconds: isNegative ? -seconds : seconds, nanos: isNegative ? -nanos : nanos)
  }

  private mutating func nanos() -> Int32 {
    let step: Int32 = pick([1_000_000_000, 1_000_000, 1_000, 1])
    return Int32.random(in: 0..<1_000_000_000 / step, using: &random) * step
  }

  private mutating func any(depth: Int) -> ProtobufAny {
    let type = pick(MessageRegistry.all)
    let value = canonical(type, encoding(of: type, depth: depth + 1))
    return ProtobufAny(typeURL: "type.googleapis.com/" + type.fullName, value: value)
  }

  /// JSON does not keep the order of fields in an `Any`, so it must be the canonical one.
  private func canonical<M: Message>(_: M.Type, _ bytes: [UInt8]) -> [UInt8] {
    (try? M(serializedBytes: bytes).serializedBytes()) ?? []
  }

  private mutating func integer() -> Int64 {
    pick([0, 1, -1, .max, .min, 1 << 53 + 1, Int64.random(in: .min ... .max, using: &random)])
  }

  private mutating func text() -> String {
    let texts = ["", "a", "ab", "\"\\/", "\u{0}\u{1f}\n\t\u{7f}", "é", "e\u{301}", "🙂", "\u{2028}"]
    return pick(texts) + pick(texts)
  }

  private mutating func raw() -> [UInt8] {
    (0..<Int.random(in: 0...9, using: &random)).map { _ in .random(in: 0...255, using: &random) }
  }

  private mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int.random(in: 0..<elements.count, using: &random)]
  }

  // MARK: - Wire format

  private func append(_ number: Int, _ content: [UInt8], to bytes: inout [UInt8]) {
    appendVarint(UInt64(number << 3 | 2), to: &bytes)
    appendVarint(UInt64(content.count), to: &bytes)
    bytes += content
  }

  private func append(_ number: Int, _ value: Int64, to bytes: inout [UInt8]) {
    appendVarint(UInt64(number << 3), to: &bytes)
    appendVarint(UInt64(bitPattern: value), to: &bytes)
  }

  private func appendVarint(_ value: UInt64, to bytes: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
