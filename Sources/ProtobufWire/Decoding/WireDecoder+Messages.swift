extension WireDecoder {
  /// Reads field `number` if it is next; a message that is already there is merged into.
  @inlinable @inline(__always)
  public mutating func message<M: Message>(
    _ number: UInt32, _ value: inout M?
  ) throws(WireError) {
    while currentTag == WireFormat.tag(number, .lengthDelimited) {
      // Not `value == nil`, which the compiler takes for a comparison of messages, and copies them.
      if case .none = value { setEmptyMessage(&value) }
      try value?.readNested(&self)
    }
  }

  /// Replaces nil by an empty message.
  @inlinable @inline(__always)
  func setEmptyMessage<M: Message>(_ value: inout M?) {
    guard MemoryLayout<M?>.size == MemoryLayout<M>.size else {
      value = M()
      return
    }
    // In place: a message is some hundred bytes, and an assignment moves it twice on the way.
    withUnsafeMutablePointer(to: &value) { place in
      // SAFETY: nil owns nothing that would leak. An enum with one payload stores it as it is, and
      // tells the other cases by bit patterns that the payload never has, or by a tag behind it;
      // the sizes say that there is no tag. So a message's bits are those of the optional, whose
      // type contains the message's, and accesses as both are known to meet.
      _ = UnsafeMutableRawPointer(place).initializeMemory(as: M.self, to: M())
    }
  }

  /// Reads field `number`, a message in a oneof, if it is next, and hands it to `set`.
  ///
  /// `current` is the member's present value, into which protobuf merges; it is read only when the
  /// field is there.
  @inlinable @inline(__always)
  public mutating func oneofMessage<M: Message>(
    _ number: UInt32, _ current: @autoclosure () -> M?, _ set: (consuming M) -> Void
  ) throws(WireError) {
    while currentTag == WireFormat.tag(number, .lengthDelimited) {
      // Not `??`, which is given, and so makes, a copy of the present value.
      var value: M
      if case .some(let present) = current() { value = present } else { value = M() }
      try value.readNested(&self)
      set(consume value)
    }
  }

  /// Where the enclosing message goes on after a nested one.
  @usableFromInline
  struct Enclosing {
    @usableFromInline let end: UnsafePointer<UInt8>
    @usableFromInline let hasUnsortedMap: Bool

    @inlinable
    init(end: UnsafePointer<UInt8>, hasUnsortedMap: Bool) {
      self.end = end
      self.hasUnsortedMap = hasUnsortedMap
    }
  }

  /// Reads the length of a nested message and narrows the decoder to it.
  @inlinable
  mutating func enter() throws(WireError) -> Enclosing {
    let length = try readLength()
    depth -= 1
    guard depth >= 0 else { throw failure(.nestingTooDeep) }
    let enclosing = Enclosing(end: end, hasUnsortedMap: hasUnsortedMap)
    end = position + length
    hasUnsortedMap = false
    return enclosing
  }

  /// Widens the decoder to the enclosing message again and reads its next tag.
  @inlinable
  mutating func leave(to enclosing: Enclosing) throws(WireError) {
    end = enclosing.end
    hasUnsortedMap = enclosing.hasUnsortedMap
    depth += 1
    try readTag()
  }
}

extension Message {
  /// Merges a nested message, length first, into this one.
  @inlinable
  mutating func readNested(_ decoder: inout WireDecoder) throws(WireError) {
    let enclosing = try decoder.enter()
    try decoder.decodeToEnd(&self)
    try decoder.leave(to: enclosing)
  }
}
