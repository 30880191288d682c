/// A varint in its shortest form.
package func varint(_ value: UInt64) -> [UInt8] {
  var rest = value
  var bytes: [UInt8] = []
  while rest >= 0x80 {
    bytes.append(UInt8(rest & 0x7f) | 0x80)
    rest >>= 7
  }
  return bytes + [UInt8(rest)]
}

/// A field with a length before its payload.
package func lengthDelimited(_ number: some BinaryInteger, _ payload: [UInt8]) -> [UInt8] {
  varint(UInt64(number) << 3 | 2) + varint(UInt64(payload.count)) + payload
}

/// A field with a text.
package func lengthDelimited(_ number: some BinaryInteger, _ text: String) -> [UInt8] {
  lengthDelimited(number, Array(text.utf8))
}
