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
    // SAFETY: every load lies within the `count` bytes that the caller vouches for. The last word
    // overlaps the one before it, so that there is no tail to finish by bytes.
    let bytes = UnsafeRawPointer(start)
    if count >= 16 {
      var bits = bytes.loadUnaligned(fromByteOffset: count &- 16, as: SIMD2<UInt64>.self)
      var offset = 0
      while offset &+ 16 < count {
        bits |= bytes.loadUnaligned(fromByteOffset: offset, as: SIMD2<UInt64>.self)
        offset &+= 16
      }
      return (bits[0] | bits[1]) & 0x8080_8080_8080_8080 == 0
    }
    if count >= 8 {
      let first = bytes.loadUnaligned(as: UInt64.self)
      let last = bytes.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
      return (first | last) & 0x8080_8080_8080_8080 == 0
    }
    if count >= 4 {
      let first = bytes.loadUnaligned(as: UInt32.self)
      let last = bytes.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
      return (first | last) & 0x8080_8080 == 0
    }
    var bits: UInt8 = 0
    for index in 0..<count { bits |= start[index] }
    return bits < 0x80
  }

  /// Copies bytes that do not overlap; a short run takes two steps, which overlap each other, and
  /// no call.
  @inlinable @inline(__always)
  static func copy(_ source: UnsafeBufferPointer<UInt8>, to target: UnsafeMutablePointer<UInt8>) {
    let count = source.count
    guard let from = UnsafeRawPointer(source.baseAddress) else { return }
    let to = UnsafeMutableRawPointer(target)
    // SAFETY: every load and store lies within the first `count` bytes of either side.
    if count > 64 {
      to.copyMemory(from: from, byteCount: count)
    } else if count > 32 {
      copyEnds(of: SIMD32<UInt8>.self, count, from, to)
    } else if count >= 16 {
      copyEnds(of: SIMD16<UInt8>.self, count, from, to)
    } else if count >= 8 {
      copyEnds(of: UInt64.self, count, from, to)
    } else if count >= 4 {
      copyEnds(of: UInt32.self, count, from, to)
    } else {
      for index in 0..<count { target[index] = source[index] }
    }
  }

  /// Copies a value from the start and one from the end of `count` bytes.
  @inlinable @inline(__always)
  static func copyEnds<Word: BitwiseCopyable>(
    of: Word.Type, _ count: Int, _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer
  ) {
    // SAFETY: the caller vouches that `count` is the size of Word or more.
    let tail = count &- MemoryLayout<Word>.size
    let first = from.loadUnaligned(as: Word.self)
    let last = from.loadUnaligned(fromByteOffset: tail, as: Word.self)
    to.storeBytes(of: first, as: Word.self)
    to.storeBytes(of: last, toByteOffset: tail, as: Word.self)
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
