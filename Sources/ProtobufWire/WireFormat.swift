/// The arithmetic of the wire format that decoder and encoder share.
@usableFromInline
enum WireFormat {
  /// How deep messages and groups may nest; the official runtimes' default.
  @usableFromInline static let nestingLimit: Int32 = 100

  @inlinable @inline(__always)
  static func tag(_ number: UInt32, _ type: WireType) -> UInt32 { number << 3 | type.rawValue }

  /// The number of bytes of a varint: one for every seven significant bits, at least one.
  @inlinable @inline(__always)
  static func varintSize(_ value: UInt64) -> Int {
    let highestBit = 63 &- (value | 1).leadingZeroBitCount
    return (highestBit &* 9 &+ 73) >> 6
  }

  @inlinable @inline(__always)
  static func varintSize(_ value: Int) -> Int { varintSize(UInt64(truncatingIfNeeded: value)) }

  @inlinable @inline(__always)
  static func tagSize(_ number: UInt32) -> Int { varintSize(UInt64(number << 3)) }

  /// Whether `count` bytes at `start` are all below 0x80.
  @inlinable @inline(__always)
  static func isASCII(_ start: UnsafePointer<UInt8>, count: Int) -> Bool {
    // SAFETY: every load lies within the `count` bytes that the caller vouches for.
    let bytes = UnsafeRawPointer(start)
    guard count >= 8 else {
      var bits: UInt8 = 0
      for index in 0..<count { bits |= start[index] }
      return bits < 0x80
    }
    // The last word overlaps the one before it, so that there is no tail to finish by bytes.
    var bits = bytes.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
    var offset = 0
    while offset &+ 8 < count {
      bits |= bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      offset &+= 8
    }
    return bits & 0x8080_8080_8080_8080 == 0
  }

  /// Copies up to 15 bytes in at most two steps, which overlap, and returns how many.
  @inline(__always)
  static func copyShort(
    _ source: UnsafeBufferPointer<UInt8>, to target: UnsafeMutableBufferPointer<UInt8>
  ) -> Int {
    let count = source.count
    guard let from = UnsafeRawPointer(source.baseAddress),
      let to = UnsafeMutableRawPointer(target.baseAddress), count <= target.count
    else { return 0 }
    // SAFETY: every load and store lies within the first `count` bytes of either side.
    if count >= 8 {
      let tail = count &- 8
      let last = from.loadUnaligned(fromByteOffset: tail, as: UInt64.self)
      to.storeBytes(of: from.loadUnaligned(as: UInt64.self), as: UInt64.self)
      to.storeBytes(of: last, toByteOffset: tail, as: UInt64.self)
    } else if count >= 4 {
      let tail = count &- 4
      let last = from.loadUnaligned(fromByteOffset: tail, as: UInt32.self)
      to.storeBytes(of: from.loadUnaligned(as: UInt32.self), as: UInt32.self)
      to.storeBytes(of: last, toByteOffset: tail, as: UInt32.self)
    } else {
      for index in 0..<count { target[index] = source[index] }
    }
    return count
  }
}

/// How a field's value is laid out behind its tag.
@usableFromInline
enum WireType: UInt32 {
  case varint = 0
  case fixed64 = 1
  case lengthDelimited = 2
  case startGroup = 3
  case endGroup = 4
  case fixed32 = 5
}
