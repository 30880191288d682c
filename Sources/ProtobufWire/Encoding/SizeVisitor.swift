/// Adds up the encoded size of the fields it is shown and notes the size of each nested message.
@usableFromInline
struct SizeVisitor: FieldVisitor {
  @usableFromInline var byteCount = 0
  @usableFromInline var notes: NestedSizes

  @inlinable
  init(notes: NestedSizes) { self.notes = notes }

  /// The size of a whole message, for which the visitor must be fresh.
  @inlinable
  mutating func size<M: Message>(_ message: M) -> Int {
    byteCount = message.unknownFields.bytes.count
    message.visitFields(&self)
    return byteCount
  }

  @inlinable @inline(__always)
  mutating func lengthDelimited(_ number: UInt32, _ length: Int) {
    byteCount &+= WireFormat.tagSize(number) &+ WireFormat.varintSize(length) &+ length
  }

  @inlinable @inline(__always)
  mutating func varint(_ number: UInt32, _ value: UInt64) {
    byteCount &+= WireFormat.tagSize(number) &+ WireFormat.varintSize(value)
  }

  @inlinable
  mutating func nested<M: Message>(_ number: UInt32, _ message: borrowing M) {
    let slot = notes.reserveSlot()
    let outerCount = byteCount
    byteCount = message.unknownFields.bytes.count
    message.visitFields(&self)
    let length = byteCount
    notes.start[slot] = length
    byteCount = outerCount
    lengthDelimited(number, length)
  }

  @inlinable @inline(__always)
  mutating func string(_ number: UInt32, _ name: StaticString, _ value: String, secret: Bool) {
    let length = value.utf8.count
    if length != 0 { lengthDelimited(number, length) }
  }

  @inlinable @inline(__always)
  mutating func bytes(_ number: UInt32, _ name: StaticString, _ value: [UInt8]) {
    if !value.isEmpty { lengthDelimited(number, value.count) }
  }

  @inlinable @inline(__always)
  mutating func bool(_ number: UInt32, _ name: StaticString, _ value: Bool) {
    if value { varint(number, 1) }
  }

  @inlinable @inline(__always)
  mutating func int32(_ number: UInt32, _ name: StaticString, _ value: Int32) {
    if value != 0 { varint(number, UInt64(bitPattern: Int64(value))) }
  }

  @inlinable @inline(__always)
  mutating func int64(_ number: UInt32, _ name: StaticString, _ value: Int64) {
    if value != 0 { varint(number, UInt64(bitPattern: value)) }
  }

  @inlinable @inline(__always)
  mutating func enumeration<E: OpenEnum>(_ number: UInt32, _ name: StaticString, _ value: E) {
    int32(number, name, value.rawValue)
  }

  @inlinable @inline(__always)
  mutating func message<M: Message>(
    _ number: UInt32, _ name: StaticString, _ value: M?, oneof: StaticString?
  ) {
    if let value { nested(number, value) }
  }

  @inlinable @inline(__always)
  mutating func optionalString(
    _ number: UInt32, _ name: StaticString, _ value: String?, oneof: StaticString, secret: Bool
  ) {
    if let value { lengthDelimited(number, value.utf8.count) }
  }

  @inlinable @inline(__always)
  mutating func optionalInt64(
    _ number: UInt32, _ name: StaticString, _ value: Int64?, oneof: StaticString
  ) {
    if let value { varint(number, UInt64(bitPattern: value)) }
  }

  @inlinable @inline(__always)
  mutating func optionalEnumeration<E: OpenEnum>(
    _ number: UInt32, _ name: StaticString, _ value: E?, oneof: StaticString
  ) {
    if let value { varint(number, UInt64(bitPattern: Int64(value.rawValue))) }
  }

  @inlinable @inline(__always)
  mutating func repeatedString(_ number: UInt32, _ name: StaticString, _ values: [String]) {
    values.forEachBorrowed { lengthDelimited(number, $0.utf8.count) }
  }

  @inlinable @inline(__always)
  mutating func repeatedBytes(_ number: UInt32, _ name: StaticString, _ values: [[UInt8]]) {
    let span = values.span
    for index in span.indices { lengthDelimited(number, span[index].count) }
  }

  @inlinable
  mutating func repeatedInt32(_ number: UInt32, _ name: StaticString, _ values: [Int32]) {
    guard !values.isEmpty else { return }
    let length = WireFormat.packedSize(values)
    notes.start[notes.reserveSlot()] = length
    lengthDelimited(number, length)
  }

  @inlinable @inline(__always)
  mutating func repeatedMessage<M: Message>(
    _ number: UInt32, _ name: StaticString, _ values: [M]
  ) {
    values.forEachBorrowed { nested(number, $0) }
  }

  @inlinable
  mutating func map(_ number: UInt32, _ name: StaticString, _ values: StringMap) {
    values.pairs.forEachBorrowed { pair in
      lengthDelimited(number, WireFormat.entrySize(key: pair.key, value: pair.value))
    }
  }
}

extension WireFormat {
  /// The size of a packed field's payload.
  @inlinable
  static func packedSize(_ values: [Int32]) -> Int {
    values.reduce(0) { $0 &+ varintSize(UInt64(bitPattern: Int64($1))) }
  }

  /// The size of a map entry's payload, which always names key and value.
  @inlinable
  static func entrySize(key: String, value: String) -> Int {
    let keyLength = key.utf8.count
    let valueLength = value.utf8.count
    return 2 &+ varintSize(keyLength) &+ keyLength &+ varintSize(valueLength) &+ valueLength
  }
}
