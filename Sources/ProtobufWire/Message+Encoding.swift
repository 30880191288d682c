extension Message {
  /// The number of bytes that ``serializedBytes()`` returns.
  @inlinable
  public var serializedSize: Int { measured { byteCount, _ in byteCount } }

  /// Encodes the message: known fields by number, map entries by key, then the unknown fields.
  ///
  /// Equal messages always give equal bytes.
  @inlinable
  public func serializedBytes() -> [UInt8] {
    measured { byteCount, nestedSizes in
      [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initializedCount in
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
