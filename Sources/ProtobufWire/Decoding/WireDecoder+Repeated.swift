extension WireDecoder {
  /// Reads all elements of field `number` that are next.
  @inlinable @inline(__always)
  public mutating func repeatedString(
    _ number: UInt32, _ values: inout [String]
  ) throws(WireError) {
    let tag = WireFormat.tag(number, .lengthDelimited)
    if currentTag == tag { try readStrings(tag, &values) }
  }

  /// Reads all elements of field `number` that are next.
  @inlinable @inline(__always)
  public mutating func repeatedBytes(
    _ number: UInt32, _ values: inout [[UInt8]]
  ) throws(WireError) {
    while currentTag == WireFormat.tag(number, .lengthDelimited) {
      values.append(try readBytes())
    }
  }

  /// Reads all elements of field `number` that are next.
  @inlinable @inline(__always)
  public mutating func repeatedMessage<M: Message>(
    _ number: UInt32, _ values: inout [M]
  ) throws(WireError) {
    let tag = WireFormat.tag(number, .lengthDelimited)
    if currentTag == tag { try readMessages(tag, &values) }
  }

  /// Reads all elements of field `number` that are next, packed or not.
  @inlinable @inline(__always)
  public mutating func repeatedInt32(
    _ number: UInt32, _ values: inout [Int32]
  ) throws(WireError) {
    let isNext = currentTag >> 3 == number
    if isNext { try readInt32s(number, &values) }
  }

  @usableFromInline
  mutating func readStrings(_ tag: UInt32, _ values: inout [String]) throws(WireError) {
    if values.isEmpty {
      let count = countRun(of: tag)
      // A literal is made in fewer steps than a reservation.
      if count == 1 { values = [try readString()] } else { values.reserveCapacity(count) }
    }
    while currentTag == tag { values.append(try readString()) }
  }

  @inlinable
  mutating func readMessages<M: Message>(
    _ tag: UInt32, _ values: inout [M]
  ) throws(WireError) {
    if values.isEmpty {
      let count = countRun(of: tag)
      if count == 1 {
        values = [M()]
        try values[0].readElement(&self)
      } else {
        values.reserveCapacity(count)
      }
    }
    while currentTag == tag {
      values.append(M())
      try values[values.count &- 1].readElement(&self)
    }
  }

  @usableFromInline
  mutating func readInt32s(_ number: UInt32, _ values: inout [Int32]) throws(WireError) {
    while true {
      if currentTag == WireFormat.tag(number, .varint) {
        values.append(Int32(truncatingIfNeeded: try readScalar()))
      } else if currentTag == WireFormat.tag(number, .lengthDelimited) {
        let length = try readLength()
        let enclosingEnd = end
        end = position + length
        while position < end {
          values.append(Int32(truncatingIfNeeded: try readVarint()))
        }
        end = enclosingEnd
        try readTag()
      } else {
        return
      }
    }
  }

  /// Counts the fields with this tag from the current one on, so that an array is allocated once.
  ///
  /// What is counted lies in the input, so no allocation is larger than the input warrants; a
  /// malformed field ends the count, and the error is found when it is read. An array that already
  /// has elements must not be sized by this: growing it exactly, again and again, is quadratic.
  @inline(never) @usableFromInline
  func countRun(of tag: UInt32, atMost limit: Int = .max) -> Int {
    guard tag < 0x80 else { return countRunOfAnyLength(tag, atMost: limit) }
    // SAFETY: every byte that is read was found to lie before `end`.
    var ahead = position
    var count = 0
    while count < limit, ahead < end {
      let length = Int(ahead[0])
      // A longer length is rare enough to be left to the general way, from the start.
      guard length < 0x80 else { return countRunOfAnyLength(tag, atMost: limit) }
      guard length < end - ahead else { return count }
      ahead += 1 &+ length
      count &+= 1
      guard ahead < end, UInt32(ahead[0]) == tag else { return count }
      ahead += 1
    }
    return count
  }

  @inline(never)
  private func countRunOfAnyLength(_ tag: UInt32, atMost limit: Int) -> Int {
    var ahead = self
    var count = 0
    while count < limit, ahead.currentTag == tag {
      guard let length = try? ahead.readLength() else { return count }
      ahead.position += length
      count += 1
      guard (try? ahead.readTag()) != nil else { return count }
    }
    return count
  }
}
