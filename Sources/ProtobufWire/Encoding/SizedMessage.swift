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
    self.message = message
    (byteCount, nestedSizes) = message.measured { ($0, Array($1)) }
  }

  /// Writes the encoding to the start of `buffer`, which must hold ``byteCount`` bytes or more.
  @inlinable
  public func write(into buffer: UnsafeMutableRawBufferPointer) {
    precondition(buffer.count >= byteCount, "the buffer is smaller than the encoding")
    guard let start = buffer.baseAddress else { return }
    // SAFETY: the same immutable message gave `byteCount` and `nestedSizes`, and the two visitors
    // agree byte for byte, so the writer stays within the buffer and within the sizes.
    nestedSizes.withUnsafeBufferPointer { sizes in
      var visitor = WriteVisitor(
        start: start.assumingMemoryBound(to: UInt8.self), nestedSizes: sizes.baseAddress)
      visitor.write(message)
      assert(visitor.position - start.assumingMemoryBound(to: UInt8.self) == byteCount)
    }
  }
}
