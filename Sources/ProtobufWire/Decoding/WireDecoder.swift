/// Reads one encoding front to back and hands each field to the message that declares it.
///
/// The decoder holds the tag that comes next. A message offers all its fields in order
/// (``Message/decodeFields(_:)``), and a field is consumed when its tag is the current one: in-order
/// input costs one predicted comparison a field, and no dispatch. Every call that consumes leaves
/// the next tag behind it, so each pass over the fields makes progress or finds an unknown field.
public struct WireDecoder {
  // SAFETY: start <= tagStart <= position <= end, and end never passes the bytes given to `init`,
  // which outlive the decoder (`Message.merge` creates it, uses it and drops it within one call).
  // Every advance of `position` is checked against `end` first.
  @usableFromInline let start: UnsafePointer<UInt8>
  @usableFromInline var position: UnsafePointer<UInt8>
  /// The end of the message that is being read, not of the whole input.
  @usableFromInline var end: UnsafePointer<UInt8>
  /// Where the current tag begins.
  @usableFromInline var tagStart: UnsafePointer<UInt8>
  /// The tag just read, or 0 at the end of the message.
  @usableFromInline var currentTag: UInt32 = 0
  /// How many more levels of messages and groups may be entered.
  @usableFromInline var depth = WireFormat.nestingLimit
  /// Whether a map of the current message was left unsorted, to be sorted when the message ends.
  @usableFromInline var hasUnsortedMap = false
  /// Whether the field that is next is a map entry that no map can hold.
  @usableFromInline var isExtendedEntryNext = false

  @usableFromInline
  init(start: UnsafePointer<UInt8>, count: Int) {
    self.start = start
    position = start
    tagStart = start
    end = start + count
  }

  /// Reads fields into `message` up to the end of its encoding.
  @inlinable
  mutating func decodeToEnd<M: Message>(_ message: inout M) throws(WireError) {
    try readTag()
    while currentTag != 0 {
      let before = position
      try message.decodeFields(&self)
      if position == before, currentTag != 0 { try readUnknown(into: &message.unknownFields) }
    }
    // One more pass, on which only unsorted maps act.
    if hasUnsortedMap { try message.decodeFields(&self) }
  }

  @inline(never) @usableFromInline
  func failure(_ reason: WireError.Reason) -> WireError {
    WireError(reason, byteOffset: position - start)
  }
}

// MARK: - Tags, varints and lengths

extension WireDecoder {
  /// Reads the next tag into `currentTag`, or 0 at the end of the message.
  @inlinable @inline(__always)
  mutating func readTag() throws(WireError) {
    guard position < end else {
      currentTag = 0
      return
    }
    tagStart = position
    let byte = position[0]
    // One byte, and a field number other than 0.
    if byte &- 8 < 0x78 {
      position += 1
      currentTag = UInt32(byte)
    } else {
      currentTag = try readLongTag()
    }
  }

  @inline(never) @usableFromInline
  mutating func readLongTag() throws(WireError) -> UInt32 {
    var tag: UInt64 = 0
    for shift in stride(from: 0, to: 35, by: 7) {
      guard position < end else { throw failure(.truncated) }
      let byte = position[0]
      position += 1
      tag |= UInt64(byte & 0x7f) << UInt64(shift)
      if byte < 0x80 {
        guard tag >= 8, tag <= UInt64(UInt32.max) else { throw failure(.invalidFieldNumber) }
        return UInt32(tag)
      }
    }
    throw failure(.invalidFieldNumber)
  }

  @inlinable @inline(__always)
  mutating func readVarint() throws(WireError) -> UInt64 {
    if position < end, position[0] < 0x80 {
      let value = UInt64(position[0])
      position += 1
      return value
    }
    return try readLongVarint()
  }

  /// Bits beyond the 64th, which only the tenth byte can carry, are dropped.
  @inline(never) @usableFromInline
  mutating func readLongVarint() throws(WireError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < end else { throw failure(.truncated) }
      let byte = position[0]
      position += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
    }
    throw failure(.malformedVarint)
  }

  /// Reads a length and checks that so many bytes are left in the message.
  @inlinable @inline(__always)
  mutating func readLength() throws(WireError) -> Int {
    if position < end, position[0] < 0x80 {
      let length = Int(position[0])
      guard length < end - position else { throw failure(.lengthOutOfBounds) }
      position += 1
      return length
    }
    return try readLongLength()
  }

  @inline(never) @usableFromInline
  mutating func readLongLength() throws(WireError) -> Int {
    var length = 0
    for shift in stride(from: 0, to: 35, by: 7) {
      guard position < end else { throw failure(.truncated) }
      let byte = position[0]
      position += 1
      length |= Int(byte & 0x7f) << shift
      if byte < 0x80 {
        guard length <= end - position else { throw failure(.lengthOutOfBounds) }
        return length
      }
    }
    throw failure(.lengthOutOfBounds)
  }
}
