extension WireDecoder {
  /// Reads field `number` if it is next.
  @inlinable @inline(__always)
  public mutating func string(_ number: UInt32, _ value: inout String) throws(WireError) {
    while currentTag == WireFormat.tag(number, .lengthDelimited) { value = try readString() }
  }

  /// Reads field `number` if it is next.
  @inlinable @inline(__always)
  public mutating func bytes(_ number: UInt32, _ value: inout [UInt8]) throws(WireError) {
    while currentTag == WireFormat.tag(number, .lengthDelimited) { value = try readBytes() }
  }

  /// Reads field `number` if it is next; any varint but 0 is true.
  @inlinable @inline(__always)
  public mutating func bool(_ number: UInt32, _ value: inout Bool) throws(WireError) {
    while currentTag == WireFormat.tag(number, .varint) { value = try readScalar() != 0 }
  }

  /// Reads field `number` if it is next; a wider varint is cut to its low 32 bits.
  @inlinable @inline(__always)
  public mutating func int32(_ number: UInt32, _ value: inout Int32) throws(WireError) {
    while currentTag == WireFormat.tag(number, .varint) {
      value = Int32(truncatingIfNeeded: try readScalar())
    }
  }

  /// Reads field `number` if it is next.
  @inlinable @inline(__always)
  public mutating func int64(_ number: UInt32, _ value: inout Int64) throws(WireError) {
    while currentTag == WireFormat.tag(number, .varint) {
      value = Int64(bitPattern: try readScalar())
    }
  }

  /// Reads field `number` with presence if it is next.
  @inlinable @inline(__always)
  public mutating func optionalInt64(_ number: UInt32, _ value: inout Int64?) throws(WireError) {
    while currentTag == WireFormat.tag(number, .varint) {
      value = Int64(bitPattern: try readScalar())
    }
  }

  /// Reads field `number` if it is next; a number that is not declared is kept.
  @inlinable @inline(__always)
  public mutating func enumeration<E: OpenEnum>(
    _ number: UInt32, _ value: inout E
  ) throws(WireError) {
    while currentTag == WireFormat.tag(number, .varint) {
      value = E(rawValue: Int32(truncatingIfNeeded: try readScalar()))
    }
  }

  /// Reads field `number`, a member of a oneof, if it is next, and hands it to `set`.
  @inlinable @inline(__always)
  public mutating func oneofString(
    _ number: UInt32, _ set: (String) -> Void
  ) throws(WireError) {
    while currentTag == WireFormat.tag(number, .lengthDelimited) { set(try readString()) }
  }

  /// Reads field `number`, a member of a oneof, if it is next, and hands it to `set`.
  @inlinable @inline(__always)
  public mutating func oneofEnumeration<E: OpenEnum>(
    _ number: UInt32, _ set: (E) -> Void
  ) throws(WireError) {
    while currentTag == WireFormat.tag(number, .varint) {
      set(E(rawValue: Int32(truncatingIfNeeded: try readScalar())))
    }
  }
}

// MARK: - Values, each with the tag behind it

extension WireDecoder {
  @usableFromInline
  mutating func readScalar() throws(WireError) -> UInt64 {
    let value = try readVarint()
    try readTag()
    return value
  }

  @usableFromInline
  mutating func readString() throws(WireError) -> String {
    let value = try readStringValue()
    try readTag()
    return value
  }

  @inline(__always)
  mutating func readStringValue() throws(WireError) -> String {
    let length = try readLength()
    // SAFETY: readLength checked that `length` bytes are left, and the copies are made at once.
    let text = UnsafeBufferPointer(start: position, count: length)
    guard WireFormat.isASCII(position, count: length) else {
      return try readUnicode(length: length)
    }
    position += length
    return String(copying: UTF8Span(unchecked: text.span, isKnownASCII: true))
  }

  @inline(never)
  private mutating func readUnicode(length: Int) throws(WireError) -> String {
    // SAFETY: the caller checked that `length` bytes are left, and the copy is made at once.
    let bytes = UnsafeBufferPointer(start: position, count: length).span
    guard let text = try? UTF8Span(validating: bytes) else { throw failure(.invalidUTF8) }
    position += length
    return String(copying: text)
  }

  @usableFromInline
  mutating func readBytes() throws(WireError) -> [UInt8] {
    let length = try readLength()
    // SAFETY: readLength checked that `length` bytes are left, and the copy is made at once.
    let value = [UInt8](UnsafeBufferPointer(start: position, count: length))
    position += length
    try readTag()
    return value
  }
}
