/// The raw encoding of fields that a message type does not know, tags included, in arrival order.
///
/// Unknown is also a known number with another wire type than declared.
@frozen
public struct UnknownFields: Sendable, Hashable {
  // Frozen, so that other modules set the initial value themselves, without a call.

  /// The fields' bytes, ready to be written behind the known fields.
  public internal(set) var bytes: [UInt8] = []

  /// Creates an empty set of unknown fields.
  @inlinable
  public init() {}

  /// Whether there are none.
  @inlinable
  public var isEmpty: Bool { bytes.isEmpty }

  /// Appends fields that were decoded elsewhere, as merging two messages does.
  public mutating func append(_ other: UnknownFields) { bytes += other.bytes }

  mutating func append(_ encoded: UnsafeBufferPointer<UInt8>) { bytes += encoded }

  mutating func append(tag: UInt32, payload: [UInt8]) {
    for var rest in [UInt64(tag), UInt64(payload.count)] {
      while rest >= 0x80 {
        bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
        rest >>= 7
      }
      bytes.append(UInt8(truncatingIfNeeded: rest))
    }
    bytes += payload
  }
}
