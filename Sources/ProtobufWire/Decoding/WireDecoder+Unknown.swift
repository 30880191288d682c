extension WireDecoder {
  /// Moves the current field, tag included, to the message's unknown fields.
  @inline(never) @usableFromInline
  mutating func readUnknown(into unknownFields: inout UnknownFields) throws(WireError) {
    if isExtendedEntryNext {
      isExtendedEntryNext = false
      return try readExtendedEntry(into: &unknownFields)
    }
    let fieldStart = tagStart
    try skipValue(of: currentTag)
    // SAFETY: both pointers lie in the input, and fieldStart is the earlier one.
    unknownFields.append(UnsafeBufferPointer(start: fieldStart, count: position - fieldStart))
    try readTag()
  }

  /// Steps over the value behind `tag`.
  mutating func skipValue(of tag: UInt32) throws(WireError) {
    switch WireType(rawValue: tag & 7) {
    case .varint: _ = try readVarint()
    case .fixed64: try skip(8)
    case .fixed32: try skip(4)
    case .lengthDelimited:
      let length = try readLength()
      position += length
    case .startGroup: try skipGroup(number: tag >> 3)
    case .endGroup: throw failure(.unmatchedEndGroup)
    case nil: throw failure(.invalidWireType)
    }
  }

  private mutating func skip(_ count: Int) throws(WireError) {
    guard count <= end - position else { throw failure(.truncated) }
    position += count
  }

  private mutating func skipGroup(number: UInt32) throws(WireError) {
    depth -= 1
    guard depth >= 0 else { throw failure(.nestingTooDeep) }
    while true {
      try readTag()
      guard currentTag != 0 else { throw failure(.truncated) }
      if currentTag == WireFormat.tag(number, .endGroup) { break }
      try skipValue(of: currentTag)
    }
    depth += 1
  }
}
