extension Message {
  /// The number of bytes that ``serializedBytes()`` returns.
  @inlinable
  public var serializedSize: Int { SizedMessage(self).byteCount }

  /// Encodes the message: known fields by number, map entries by key, then the unknown fields.
  ///
  /// Equal messages always give equal bytes.
  @inlinable
  public func serializedBytes() -> [UInt8] {
    let sized = SizedMessage(self)
    return [UInt8](unsafeUninitializedCapacity: sized.byteCount) { buffer, initializedCount in
      sized.write(into: UnsafeMutableRawBufferPointer(buffer))
      initializedCount = sized.byteCount
    }
  }
}
