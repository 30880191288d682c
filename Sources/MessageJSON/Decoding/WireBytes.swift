/// Appends fields in protobuf's wire format.
extension [UInt8] {
  mutating func appendVarint(field number: Int, _ value: Int64) {
    appendVarint(UInt64(number) << 3)
    appendVarint(UInt64(bitPattern: value))
  }

  mutating func appendLengthDelimited(field number: Int, _ content: [UInt8]) {
    appendVarint(UInt64(number) << 3 | 2)
    appendVarint(UInt64(content.count))
    self += content
  }

  private mutating func appendVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }
}
