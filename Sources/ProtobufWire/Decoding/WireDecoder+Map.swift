extension WireDecoder {
  /// Reads all entries of map field `number` that are next.
  @inlinable @inline(__always)
  public mutating func map(_ number: UInt32, _ map: inout StringMap) throws(WireError) {
    let tag = WireFormat.tag(number, .lengthDelimited)
    if currentTag == tag || isSortingMaps { try readEntries(tag, &map) }
  }

  /// Reads a run of entries, or, when all is read, sorts a map that came in several runs.
  ///
  /// The first run is sorted at once; entries that come later are appended and sorted when nothing
  /// can follow (``decodeRoot(_:)``). Sorting after each of many runs would be quadratic.
  @usableFromInline
  mutating func readEntries(_ tag: UInt32, _ map: inout StringMap) throws(WireError) {
    if isSortingMaps { return map.restoreOrder() }
    let isFirstRun = map.isEmpty
    // Entries left unread below are counted again on the next pass, hence the limit.
    if isFirstRun { map.reserveCapacity(countRun(of: tag, atMost: 64)) }
    var isOrdered = true
    // The order is seen in the input, where comparing two keys retains no string.
    var previousKey: UnsafeBufferPointer<UInt8>?
    while currentTag == tag, let (pair, key) = try readEntry() {
      if let previousKey { isOrdered = isOrdered && StringMap.precedes(previousKey, key) }
      previousKey = key
      map.appendUnordered(pair)
    }
    if !isFirstRun {
      hasUnsortedMap = true
    } else if !isOrdered {
      map.restoreOrder()
    }
  }

  /// Reads one entry; nil, with nothing consumed, if it holds a field besides key and value.
  ///
  /// Such an entry then becomes an unknown field, an ``ExtendedMapEntry``. Key and value default to
  /// the empty string. The key is also returned as it stands in the input.
  private mutating func readEntry() throws(WireError)
    -> (pair: StringMap.Pair, key: UnsafeBufferPointer<UInt8>)?
  {
    let before = (position: position, tagStart: tagStart, tag: currentTag)
    let enclosingEnd = try enter()
    var pair = StringMap.Pair(key: "", value: "")
    var key = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    var isComplete = true
    try readTag()
    while currentTag != 0 {
      switch currentTag {
      case WireFormat.tag(1, .lengthDelimited):
        pair.key = try readStringValue()
        let count = pair.key.utf8.count
        // SAFETY: these are the bytes just read, and the input outlives the decoder.
        key = UnsafeBufferPointer(start: position - count, count: count)
        try readTag()
      case WireFormat.tag(2, .lengthDelimited): pair.value = try readString()
      default:
        try skipValue(of: currentTag)
        try readTag()
        isComplete = false
      }
    }
    try leave(to: enclosingEnd)
    guard isComplete else {
      (position, tagStart, currentTag) = before
      isExtendedEntryNext = true
      return nil
    }
    return (pair, key)
  }
}
