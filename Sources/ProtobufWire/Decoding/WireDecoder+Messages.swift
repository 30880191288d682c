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
    if isSortingMaps { sortMaps(ofPresent: &value) }
  }

  @inline(never) @usableFromInline
  mutating func sortMaps<M: Message>(ofPresent value: inout M?) {
    // The pass goes on below, and behind it with the fields that follow.
    try? value?.decodeFields(&self)
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

  /// Reads field `number`, a message in a oneof, if it is next.
  ///
  /// - Parameters:
  ///   - oneof: what the oneof holds.
  ///   - make: makes the oneof's case of the message.
  ///   - member: the message if the oneof holds this case, into which protobuf merges.
  @inlinable @inline(__always)
  public mutating func oneofMessage<M: Message, Oneof>(
    _ number: UInt32, _ oneof: inout Oneof?, _ make: (consuming M) -> Oneof,
    member: (Oneof) -> M?
  ) throws(WireError) {
    while currentTag == WireFormat.tag(number, .lengthDelimited) {
      try readOneof(&oneof, make, member: member)
    }
    if isSortingMaps { sortMaps(ofOneof: &oneof, make, member: member) }
  }

  /// Reads the rest of a field that is a message in a oneof.
  @inlinable
  mutating func readOneof<M: Message, Oneof>(
    _ oneof: inout Oneof?, _ make: (consuming M) -> Oneof, member: (Oneof) -> M?
  ) throws(WireError) {
    var value: M
    if case .some(let present) = Self.take(&oneof, member) { value = present } else { value = M() }
    do throws(WireError) {
      try value.readNested(&self)
    } catch {
      oneof = make(value)
      throw error
    }
    oneof = make(value)
  }

  @inline(never) @usableFromInline
  mutating func sortMaps<M: Message, Oneof>(
    ofOneof oneof: inout Oneof?, _ make: (consuming M) -> Oneof, member: (Oneof) -> M?
  ) {
    guard var value = Self.take(&oneof, member) else { return }
    try? value.decodeFields(&self)
    oneof = make(value)
  }

  /// Takes the message out of a oneof, if it holds that case.
  ///
  /// What is left behind is nil, so that nothing shares the message's storage: a field in pieces
  /// would be copied again for each of them.
  @inlinable
  static func take<M: Message, Oneof>(
    _ oneof: inout Oneof?, _ member: (Oneof) -> M?
  ) -> M? {
    guard let present = oneof, let value = member(present) else { return nil }
    oneof = nil
    return value
  }

  /// Reads the length of a nested message and narrows the decoder to it.
  ///
  /// - Returns: the end of the enclosing message.
  @inlinable
  mutating func enter() throws(WireError) -> UnsafePointer<UInt8> {
    let length = try readLength()
    depth -= 1
    guard depth >= 0 else { throw failure(.nestingTooDeep) }
    let enclosingEnd = end
    end = position + length
    return enclosingEnd
  }

  /// Widens the decoder to the enclosing message again and reads its next tag.
  @inlinable
  mutating func leave(to enclosingEnd: UnsafePointer<UInt8>) throws(WireError) {
    end = enclosingEnd
    depth += 1
    try readTag()
  }
}

extension Message {
  /// Merges the message of a singular field, length first, into this one.
  @inlinable
  mutating func readNested(_ decoder: inout WireDecoder) throws(WireError) {
    let enclosingEnd = try decoder.enter()
    try decoder.decodeToEnd(&self)
    try decoder.leave(to: enclosingEnd)
  }

  /// Reads an element of a repeated field, length first, into this empty message.
  @inlinable
  mutating func readElement(_ decoder: inout WireDecoder) throws(WireError) {
    let enclosingEnd = try decoder.enter()
    let enclosingHasUnsortedMap = decoder.hasUnsortedMap
    decoder.hasUnsortedMap = false
    try decoder.decodeRoot(&self)
    decoder.hasUnsortedMap = enclosingHasUnsortedMap
    try decoder.leave(to: enclosingEnd)
  }
}
