/// The requests of a call, in the order sent: `for try await request in requests`.
///
/// Each is read when it is asked for, so a slow handler slows its caller down. It throws
/// ``RPCError`` with CANCELLED when the caller is gone before the end.
public struct RequestStream: AsyncSequence, Sendable {
  /// The bytes of one request.
  public typealias Element = [UInt8]

  let call: ServerCall

  /// Reads requests one by one.
  public struct Iterator: AsyncIteratorProtocol {
    let call: ServerCall
    /// Whether the request that was read last came compressed.
    public private(set) var isRequestCompressed = false

    init(call: ServerCall) { self.call = call }

    /// The next request, or nil after the last.
    public mutating func next() async throws -> [UInt8]? {
      guard let request = try await call.receive() else { return nil }
      isRequestCompressed = request.isCompressed
      return request.bytes
    }
  }

  /// Begins, or goes on, where reading stopped: a request is delivered once.
  public func makeAsyncIterator() -> Iterator { Iterator(call: call) }
}

/// Takes the replies of a call.
///
/// Safe to use from any task; replies leave in the order in which they were written.
public struct ReplyStream: Sendable {
  let call: ServerCall
  let context: ServerCallContext

  /// Sends a reply, and returns when the caller's window has room again.
  ///
  /// - Parameters:
  ///   - reply: what is sent.
  ///   - isCompressible: false sends it as it is, although the call has a
  ///     ``ServerCallContext/compression``: for what holds secrets or is compressed already.
  /// - Throws: ``RPCError`` with CANCELLED when the caller is gone, RESOURCE_EXHAUSTED for a reply
  ///   beyond ``ServerConfiguration/maximumReplySize``, FAILED_PRECONDITION when the handler has
  ///   returned.
  public func write(_ reply: some RPCPayload, isCompressible: Bool = true) async throws(RPCError) {
    try await call.send(context, message: reply, isCompressible: isCompressible)
  }

  /// Sends the context's initial metadata before the first reply; once it left, it is no harm.
  ///
  /// - Throws: ``RPCError`` with CANCELLED when the caller is gone, FAILED_PRECONDITION when the
  ///   handler has returned.
  public func sendInitialMetadata() async throws(RPCError) { try await call.sendHeaders(context) }
}
