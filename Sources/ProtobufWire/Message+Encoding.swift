extension Message {
  /// The number of bytes that ``serializedBytes()`` returns.
  @inlinable
  public var serializedSize: Int { measured { byteCount, _ in byteCount } }

  /// Encodes the message into an array of exactly its size.
  @inlinable
  public func serializedBytes() -> [UInt8] {
    measured { byteCount, nestedSizes in
      // The standard library would write to the storage that all empty arrays share.
      if byteCount == 0 { return [] }
      return [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initializedCount in
        guard let start = buffer.baseAddress else { return }
        // SAFETY: the size pass over this same message gave the buffer's size and `nestedSizes`,
        // and the two visitors agree byte for byte.
        var visitor = WriteVisitor(start: start, nestedSizes: nestedSizes.baseAddress)
        visitor.write(self)
        assert(visitor.position - start == byteCount)
        initializedCount = byteCount
      }
    }
  }

  /// Measures the message, asks for memory, and encodes into it.
  @inlinable
  public func encode(into allocate: (_ byteCount: Int) -> UnsafeMutableRawBufferPointer) {
    measured { byteCount, nestedSizes in
      let buffer = allocate(byteCount)
      precondition(buffer.count >= byteCount, "the buffer is smaller than the encoding")
      guard let start = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
      // SAFETY: as in `serializedBytes`, and the buffer is as large as the size pass asks.
      var visitor = WriteVisitor(start: start, nestedSizes: nestedSizes.baseAddress)
      visitor.write(self)
      assert(visitor.position - start == byteCount)
    }
  }

  /// Runs the size pass and hands on its result, the notes for the duration of `body` only.
  @inlinable
  func measured<Result>(
    _ body: (_ byteCount: Int, _ nestedSizes: UnsafeBufferPointer<Int>) -> Result
  ) -> Result {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 64) { buffer in
      var visitor = SizeVisitor(notes: NestedSizes(borrowing: buffer))
      let byteCount = visitor.size(self)
      defer { visitor.notes.deallocate() }
      return body(
        byteCount, UnsafeBufferPointer(start: visitor.notes.start, count: visitor.notes.count))
    }
  }
}
