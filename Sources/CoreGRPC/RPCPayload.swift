/// A message that can be written straight into memory that gRPC core owns.
///
/// CoreGRPC knows bytes only; whoever knows the message format conforms its messages, or a wrapper
/// that has their size computed once.
public protocol RPCPayload: Sendable {
  /// How many bytes ``write(into:)`` writes, exactly.
  var byteCount: Int { get }
  /// Writes all bytes; the buffer has ``byteCount`` of them.
  func write(into buffer: UnsafeMutableRawBufferPointer)
}

extension [UInt8]: RPCPayload {
  /// The number of elements.
  public var byteCount: Int { count }

  /// Copies the elements.
  public func write(into buffer: UnsafeMutableRawBufferPointer) { buffer.copyBytes(from: self) }
}
