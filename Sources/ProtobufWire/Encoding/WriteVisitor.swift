/// Writes the fields it is shown, one behind the other, into memory that was measured beforehand.
@usableFromInline
struct WriteVisitor: FieldVisitor {
  // SAFETY: the creator gives memory for all that SizeVisitor counted on the same message, and that
  // visitor's notes, of which this one reads as many in the same order.
  @usableFromInline var position: UnsafeMutablePointer<UInt8>
  @usableFromInline var nestedSizes: UnsafePointer<Int>?

  @inlinable
  init(start: UnsafeMutablePointer<UInt8>, nestedSizes: UnsafePointer<Int>?) {
    position = start
    self.nestedSizes = nestedSizes
  }

  /// Writes a message's fields, without a length before them.
  @inlinable
  mutating func write<M: Message>(_ message: borrowing M) {
    message.visitFields(&self)
    raw(message.unknownFields.bytes)
  }

  /// Takes the next of the noted sizes.
  @inlinable @inline(__always)
  mutating func nextSize() -> Int {
    guard let next = nestedSizes else { return 0 }
    nestedSizes = next + 1
    return next.pointee
  }

  @inlinable @inline(__always)
  mutating func raw(_ varint: UInt64) {
    var rest = varint
    while rest >= 0x80 {
      position.pointee = UInt8(truncatingIfNeeded: rest) | 0x80
      position += 1
      rest >>= 7
    }
    position.pointee = UInt8(truncatingIfNeeded: rest)
    position += 1
  }

  @inlinable @inline(__always)
  mutating func raw(_ bytes: [UInt8]) {
    bytes.withUnsafeBufferPointer { copy($0) }
  }

  @inlinable @inline(__always)
  mutating func copy(_ bytes: UnsafeBufferPointer<UInt8>) {
    // SAFETY: the memory was measured for these bytes, and nobody reads it yet, so it is not theirs.
    WireFormat.copy(bytes, to: position)
    position += bytes.count
  }

  @inlinable @inline(__always)
  mutating func tag(_ number: UInt32, _ type: WireType) {
    raw(UInt64(WireFormat.tag(number, type)))
  }

  @inlinable @inline(__always)
  mutating func lengthDelimited(_ number: UInt32, _ length: Int) {
    tag(number, .lengthDelimited)
    raw(UInt64(truncatingIfNeeded: length))
  }

  @inlinable @inline(__always)
  mutating func text(_ number: UInt32, _ value: String) {
    text(tag: WireFormat.tag(number, .lengthDelimited), value)
  }

  /// Out of line, since it is called for most fields and would be repeated for each of them.
  @usableFromInline @inline(never)
  mutating func text(tag: UInt32, _ value: String) {
    let isWritten: Void? = value.utf8.withContiguousStorageIfAvailable { bytes in
      text(tag: tag, bytes)
    }
    if isWritten == nil { foreignText(tag: tag, value) }
  }

  @inline(__always)
  private mutating func text(tag: UInt32, _ bytes: UnsafeBufferPointer<UInt8>) {
    if tag < 0x80, bytes.count < 0x80 {
      position[0] = UInt8(truncatingIfNeeded: tag)
      position[1] = UInt8(truncatingIfNeeded: bytes.count)
      position += 2
    } else {
      raw(UInt64(tag))
      raw(UInt64(truncatingIfNeeded: bytes.count))
    }
    copy(bytes)
  }

  /// Not reached with strings that Swift made itself.
  @inline(never)
  private mutating func foreignText(tag: UInt32, _ value: String) {
    let bytes = Array(value.utf8)
    bytes.withUnsafeBufferPointer { text(tag: tag, $0) }
  }

  @inlinable @inline(__always)
  mutating func varint(_ number: UInt32, _ value: UInt64) {
    tag(number, .varint)
    raw(value)
  }

  @inlinable
  mutating func nested<M: Message>(_ number: UInt32, _ message: borrowing M) {
    lengthDelimited(number, nextSize())
    write(message)
  }

  @inlinable @inline(__always)
  mutating func string(_ number: UInt32, _ name: StaticString, _ value: String, secret: Bool) {
    if !value.isEmpty { text(number, value) }
  }

  @inlinable @inline(__always)
  mutating func bytes(_ number: UInt32, _ name: StaticString, _ value: [UInt8]) {
    guard !value.isEmpty else { return }
    lengthDelimited(number, value.count)
    raw(value)
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
    if let value { text(number, value) }
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
    values.forEachBorrowed { text(number, $0) }
  }

  @inlinable @inline(__always)
  mutating func repeatedBytes(_ number: UInt32, _ name: StaticString, _ values: [[UInt8]]) {
    let span = values.span
    for index in span.indices {
      lengthDelimited(number, span[index].count)
      raw(span[index])
    }
  }

  @inlinable
  mutating func repeatedInt32(_ number: UInt32, _ name: StaticString, _ values: [Int32]) {
    guard !values.isEmpty else { return }
    lengthDelimited(number, nextSize())
    let span = values.span
    for index in span.indices { raw(UInt64(bitPattern: Int64(span[index]))) }
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
      text(1, pair.key)
      text(2, pair.value)
    }
  }
}
