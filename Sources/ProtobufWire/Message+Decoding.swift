extension Message {
  /// Decodes a message from the whole of `serializedBytes`.
  @inlinable
  public init(serializedBytes: [UInt8]) throws(WireError) {
    self.init()
    try merge(serializedBytes: serializedBytes)
  }

  /// Decodes a message from the whole of `serializedBytes`, which is read only during the call.
  @inlinable
  public init(serializedBytes: UnsafeRawBufferPointer) throws(WireError) {
    self.init()
    try merge(serializedBytes: serializedBytes)
  }

  /// Decodes into this message with protobuf's merge rules.
  ///
  /// Scalars are replaced, messages merged, repeated fields appended. After an error the message
  /// holds what was read before it.
  @inlinable
  public mutating func merge(serializedBytes: [UInt8]) throws(WireError) {
    // The closure of `withUnsafeBytes` is rethrowing, not typed, so the error crosses as a value.
    let outcome = serializedBytes.withUnsafeBytes { bytes -> Result<Void, WireError> in
      do throws(WireError) {
        return .success(try merge(serializedBytes: bytes))
      } catch {
        return .failure(error)
      }
    }
    try outcome.get()
  }

  /// Decodes into this message from bytes that are read only during the call.
  @inlinable
  public mutating func merge(serializedBytes: UnsafeRawBufferPointer) throws(WireError) {
    guard let base = serializedBytes.baseAddress, !serializedBytes.isEmpty else { return }
    // SAFETY: the caller keeps the bytes alive for the call, and the decoder does not outlive it.
    var decoder = WireDecoder(
      start: base.assumingMemoryBound(to: UInt8.self), count: serializedBytes.count)
    try decoder.decodeRoot(&self)
  }
}
