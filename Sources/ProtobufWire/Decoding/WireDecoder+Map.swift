extension WireDecoder {
  /// Reads all entries of map field `number` that are next.
  @inlinable @inline(__always)
  public mutating func map(_ number: UInt32, _ map: inout StringMap) throws(WireError) {
    let tag = WireFormat.tag(number, .lengthDelimited)
    if currentTag == tag || hasUnsortedMap { try readEntries(tag, &map) }
  }

  /// Reads a run of entries, or, at the end of a message, sorts a map that came in several runs.
  ///
  /// The first run is sorted at once; entries that come later are appended and sorted when the
  /// message ends. Sorting after each of many runs would be quadratic.
  @usableFromInline
  mutating func readEntries(_ tag: UInt32, _ map: inout StringMap) throws(WireError) {
    guard currentTag == tag else {
      if currentTag == 0 { map.restoreOrder() }
      return
    }
    let isFirstRun = map.isEmpty
    // Entries left unread below are counted again on the next pass, hence the limit.
    if isFirstRun { map.reserveCapacity(countRun(of: tag, atMost: 64)) }
    while currentTag == tag, let (key, value) = try readEntry() {
      map.appendUnordered(key: key, value: value)
    }
    if isFirstRun {
      map.restoreOrder()
    } else {
      hasUnsortedMap = true
    }
  }

  /// Reads one entry; nil, with nothing consumed, if it holds a field besides key and value.
  ///
  /// Such an entry then becomes an unknown field, an ``ExtendedMapEntry``. Key and value default to
  /// the empty string.
  private mutating func readEntry() throws(WireError) -> (key: String, value: String)? {
    let before = (position: position, tagStart: tagStart, tag: currentTag)
    let enclosing = try enter()
    var key = ""
    var value = ""
    var isComplete = true
    try readTag()
    while currentTag != 0 {
      switch currentTag {
      case WireFormat.tag(1, .lengthDelimited): key = try readString()
      case WireFormat.tag(2, .lengthDelimited): value = try readString()
      default:
        try skipValue(of: currentTag)
        try readTag()
        isComplete = false
      }
    }
    try leave(to: enclosing)
    guard isComplete else {
      (position, tagStart, currentTag) = before
      isExtendedEntryNext = true
      return nil
    }
    return (key, value)
  }
}
