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
  /// Whether a map was left unsorted in the message that is being rooted: the outermost one, or an
  /// element of a repeated field, with the messages in its singular fields.
  @usableFromInline var hasUnsortedMap = false
  /// Whether the pass over the fields is made only to sort maps, without a current tag.
  @usableFromInline var isSortingMaps = false
  /// Whether the field that is next is a map entry that no map can hold.
  @usableFromInline var isExtendedEntryNext = false

  @usableFromInline
  init(start: UnsafePointer<UInt8>, count: Int) {
    self.start = start
    position = start
    tagStart = start
    end = start + count
  }

  /// Reads fields into `message`, to which no later field will add, up to the end of its encoding.
  ///
  /// That is the outermost message or an element of a repeated field. The message of a singular
  /// field may come in any number of pieces, so its maps are sorted only here: sorting at the end of
  /// each piece would be quadratic.
  @inlinable
  mutating func decodeRoot<M: Message>(_ message: inout M) throws(WireError) {
    do throws(WireError) {
      try decodeToEnd(&message)
    } catch {
      // The caller may go on to use what was read.
      sortMaps(of: &message)
      throw error
    }
    if hasUnsortedMap { sortMaps(of: &message) }
  }

  /// Reads fields into `message` up to the end of its encoding; its maps may be left unsorted.
  @inlinable
  mutating func decodeToEnd<M: Message>(_ message: inout M) throws(WireError) {
    try readTag()
    while currentTag != 0 {
      let before = position
      try message.decodeFields(&self)
      if position == before, currentTag != 0 { try readUnknown(into: &message.unknownFields) }
    }
  }

  /// Makes one more pass, on which only maps act, and singular messages that may have some.
  @inline(never) @usableFromInline
  mutating func sortMaps<M: Message>(of message: inout M) {
    currentTag = 0
    isSortingMaps = true
    // Without a current tag there is nothing to read, and so nothing to fail at.
    try? message.decodeFields(&self)
    isSortingMaps = false
  }

  /// Mutating only so that the decoder is not copied for the call.
  @inline(never) @usableFromInline
  mutating func failure(_ reason: WireError.Reason) -> WireError {
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
    let tag = try readDigits(atMost: 5, else: .invalidFieldNumber)
    guard tag >= 8, tag <= UInt64(UInt32.max) else { throw failure(.invalidFieldNumber) }
    return UInt32(tag)
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
    try readDigits(atMost: 10, else: .malformedVarint)
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
    let lengthStart = position
    let length = Int(try readDigits(atMost: 5, else: .lengthOutOfBounds))
    guard length <= end - position else {
      position = lengthStart
      throw failure(.lengthOutOfBounds)
    }
    return length
  }

  /// Reads digits of seven bits, the lowest first, up to the one that is marked as the last.
  ///
  /// - Throws: `.truncated` where the message ends before it, `reason` after `limit` others.
  @inline(__always)
  private mutating func readDigits(
    atMost limit: UInt64, else reason: WireError.Reason
  ) throws(WireError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    // A copy, which stays in a register.
    var next = position
    while next < end, shift < 7 &* limit {
      let byte = next[0]
      next += 1
      value |= UInt64(byte & 0x7f) &<< shift
      shift &+= 7
      if byte < 0x80 {
        position = next
        return value
      }
    }
    position = next
    throw failure(shift < 7 &* limit ? .truncated : reason)
  }
}
