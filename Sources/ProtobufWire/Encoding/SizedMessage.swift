/// A message whose encoding has been measured, ready to be written into memory of the caller's.
///
/// This is how a reply is encoded straight into a buffer of the transport: make one, allocate
/// ``byteCount`` bytes, ``write(into:)``.
public struct SizedMessage<M: Message>: Sendable {
  /// The message that was measured.
  public let message: M
  /// The exact size of the encoding in bytes.
  public let byteCount: Int
  /// The sizes of the nested messages in the order in which they are visited.
  @usableFromInline let nestedSizes: [Int]

  /// Measures a message.
  @inlinable
  public init(_ message: M) {
    var visitor = SizeVisitor()
    message.visitFields(&visitor)
    self.message = message
    byteCount = visitor.byteCount + message.unknownFields.bytes.count
    nestedSizes = visitor.nestedSizes
  }

  /// Writes the encoding to the start of `buffer`, which must hold ``byteCount`` bytes or more.
  @inlinable
  public func write(into buffer: UnsafeMutableRawBufferPointer) {
    precondition(buffer.count >= byteCount, "the buffer is smaller than the encoding")
    guard let base = buffer.baseAddress, byteCount > 0 else { return }
    nestedSizes.withUnsafeBufferPointer { sizes in
      // SAFETY: the same immutable message gave `byteCount` and `nestedSizes`, and the two visitors
      // agree byte for byte, so the writer stays within the buffer and within the sizes.
      var visitor = WriteVisitor(
        start: base.assumingMemoryBound(to: UInt8.self), nestedSizes: sizes.baseAddress)
      message.visitFields(&visitor)
      visitor.raw(message.unknownFields.bytes)
      assert(visitor.position - base.assumingMemoryBound(to: UInt8.self) == byteCount)
    }
  }
}
