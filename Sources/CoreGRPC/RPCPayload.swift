/// A message that can be written straight into memory that gRPC core owns.
///
/// CoreGRPC knows bytes only; whoever knows the message format wraps its messages in a payload.
public protocol RPCPayload: Sendable {
  /// Writes all bytes into memory that it asks for.
  ///
  /// - Parameter allocate: to be called once, with the exact number of bytes. All of its memory is
  ///   to be filled, and none of it may be used after the method's return.
  func write(allocating allocate: (_ byteCount: Int) -> UnsafeMutableRawBufferPointer)
}

extension [UInt8]: RPCPayload {
  /// Copies the elements.
  public func write(allocating allocate: (_ byteCount: Int) -> UnsafeMutableRawBufferPointer) {
    allocate(count).copyBytes(from: self)
  }
}
