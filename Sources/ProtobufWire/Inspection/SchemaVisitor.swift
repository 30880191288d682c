/// Tabulates the fields it is shown, whatever their values.
struct SchemaVisitor: FieldVisitor {
  private(set) var fields: [FieldSchema] = []

  private mutating func add(
    _ number: UInt32, _ name: StaticString, _ kind: FieldSchema.Kind, isRepeated: Bool = false,
    oneof: StaticString? = nil, isSecret: Bool = false
  ) {
    fields.append(
      FieldSchema(
        number: Int(number), name: name.description, kind: kind, isRepeated: isRepeated,
        oneof: oneof?.description, isSecret: isSecret))
  }

  mutating func string(_ number: UInt32, _ name: StaticString, _ value: String, secret: Bool) {
    add(number, name, .string, isSecret: secret)
  }

  mutating func bytes(_ number: UInt32, _ name: StaticString, _ value: [UInt8]) {
    add(number, name, .bytes)
  }

  mutating func bool(_ number: UInt32, _ name: StaticString, _ value: Bool) {
    add(number, name, .bool)
  }

  mutating func int32(_ number: UInt32, _ name: StaticString, _ value: Int32) {
    add(number, name, .int32)
  }

  mutating func int64(_ number: UInt32, _ name: StaticString, _ value: Int64) {
    add(number, name, .int64)
  }

  mutating func enumeration<E: OpenEnum>(_ number: UInt32, _ name: StaticString, _ value: E) {
    add(number, name, .enumeration(E.self))
  }

  mutating func message<M: Message>(
    _ number: UInt32, _ name: StaticString, _ value: M?, oneof: StaticString?
  ) {
    add(number, name, .message(M.self), oneof: oneof)
  }

  mutating func optionalString(
    _ number: UInt32, _ name: StaticString, _ value: String?, oneof: StaticString, secret: Bool
  ) {
    add(number, name, .string, oneof: oneof, isSecret: secret)
  }

  mutating func optionalInt64(
    _ number: UInt32, _ name: StaticString, _ value: Int64?, oneof: StaticString
  ) {
    add(number, name, .int64, oneof: oneof)
  }

  mutating func optionalEnumeration<E: OpenEnum>(
    _ number: UInt32, _ name: StaticString, _ value: E?, oneof: StaticString
  ) {
    add(number, name, .enumeration(E.self), oneof: oneof)
  }

  mutating func repeatedString(_ number: UInt32, _ name: StaticString, _ values: [String]) {
    add(number, name, .string, isRepeated: true)
  }

  mutating func repeatedBytes(_ number: UInt32, _ name: StaticString, _ values: [[UInt8]]) {
    add(number, name, .bytes, isRepeated: true)
  }

  mutating func repeatedInt32(_ number: UInt32, _ name: StaticString, _ values: [Int32]) {
    add(number, name, .int32, isRepeated: true)
  }

  mutating func repeatedMessage<M: Message>(
    _ number: UInt32, _ name: StaticString, _ values: [M]
  ) {
    add(number, name, .message(M.self), isRepeated: true)
  }

  mutating func map(_ number: UInt32, _ name: StaticString, _ values: StringMap) {
    add(number, name, .stringMap)
  }
}
