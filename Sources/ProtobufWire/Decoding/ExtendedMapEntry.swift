/// A map entry that holds more than a key and a value.
///
/// It becomes an unknown field of the message that has the map, so that nothing is lost. The
/// official runtime does so by encoding the entry again: key and value come first and are left out
/// if empty, and what else there was follows as it came. Which is just what this message does.
struct ExtendedMapEntry: Message {
  static let fullName = "map entry"

  var key = ""
  var value = ""
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &key)
    try decoder.string(2, &value)
  }

  func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "key", key)
    visitor.string(2, "value", value)
  }
}

extension WireDecoder {
  /// Moves the map entry that is next, and holds more than a map can, to the unknown fields.
  mutating func readExtendedEntry(into unknownFields: inout UnknownFields) throws(WireError) {
    let tag = currentTag
    var entry = ExtendedMapEntry()
    try entry.readNested(&self)
    unknownFields.append(tag: tag, payload: entry.serializedBytes())
  }
}
