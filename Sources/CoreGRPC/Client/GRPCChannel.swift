internal import CGRPCShim
internal import Synchronization

/// A connection to a gRPC server, made when it is first needed and made again when it is lost.
///
/// Safe to use from any task. Close it when it is not needed any more: calls under way end first.
public final class GRPCChannel: @unchecked Sendable {
  // SAFETY: `pointer` is set once; calls hold references of their own in core, and close() destroys
  // it once, guarded by `isClosed`, whose lock is held while a call is made.

  /// What a successful unary call brought.
  public struct UnaryResponse: Sendable {
    /// The reply's bytes.
    public let message: [UInt8]
    /// What came before it.
    public let initialMetadata: Metadata
    /// What came after it.
    public let trailingMetadata: Metadata
  }

  /// The largest reply in bytes.
  public static let maximumReplySize = 64 << 20

  private let pointer: OpaquePointer
  private let poller: Poller
  /// Keeps an in-process server's core alive as long as the channel into it.
  private let server: ServerCore?
  private let isClosed = Mutex(false)

  /// A channel without encryption to `host:port` or `unix:/path`; nothing is connected yet.
  ///
  /// - Parameters:
  ///   - target: where the server is.
  ///   - httpProxy: a proxy that is asked to connect, as `http://[user:password@]host:port`.
  public convenience init(
    plaintextTarget target: String, httpProxy: String? = nil
  ) throws(ServerError) {
    CoreLibrary.start()
    var arguments = Self.arguments
    arguments.set(httpProxy: httpProxy)
    let pointer = arguments.withArguments { cgrpc_channel_create_plaintext(target, $0, $1) }
    try self.init(pointer, server: nil)
  }

  /// A channel straight into a running server of this process: no socket, no HTTP/2.
  ///
  /// Close it before the server stops, or its calls are cancelled with the server's.
  public static func inProcess(to server: GRPCServer) throws(ServerError) -> GRPCChannel {
    try server.withRunningCore { core throws(ServerError) in
      CoreLibrary.start()
      let pointer = arguments.withArguments {
        cgrpc_channel_create_in_process(core.pointer, $0, $1)
      }
      return try GRPCChannel(pointer, server: core)
    }
  }

  init(_ pointer: OpaquePointer?, server: ServerCore?) throws(ServerError) {
    guard let pointer else {
      throw ServerError(.resourcesExhausted, "gRPC core could not make a channel.")
    }
    do throws(ServerError) {
      poller = try Poller(threads: 1)
    } catch {
      cgrpc_channel_destroy(pointer)
      throw error
    }
    self.pointer = pointer
    self.server = server
  }

  static var arguments: ChannelArguments {
    var arguments = ChannelArguments()
    arguments.set("grpc.max_receive_message_length", maximumReplySize)
    arguments.set("grpc.per_message_decompression", 0)
    arguments.set("grpc.primary_user_agent", "datasphere-jobs-swift")
    // A local server is not behind the proxy of the environment unless somebody says so.
    arguments.set("grpc.enable_http_proxy", 0)
    return arguments
  }

  /// Calls a method with one request and one reply.
  ///
  /// Cancelling the task cancels the call.
  /// - Parameters:
  ///   - path: `/package.Service/Method`.
  ///   - request: the message, encoded or to be.
  ///   - metadata: sent before the request.
  ///   - timeout: after it the call fails with DEADLINE_EXCEEDED; nil: never.
  ///   - waitsForReady: whether a server that cannot be reached yet is waited for.
  /// - Throws: ``RPCError`` with every status but OK.
  public func unary(
    _ path: String, _ request: some RPCPayload, metadata: Metadata = [:],
    timeout: Duration? = nil, waitsForReady: Bool = false
  ) async throws(RPCError) -> UnaryResponse {
    let call = ClientCall(
      try makeCall(path, timeout: timeout, waitsForReady: waitsForReady), poller: poller)
    let result = await withTaskCancellationHandler {
      await call.run(request, metadata: metadata)
    } onCancel: {
      call.cancel()
    }
    return try result.get()
  }

  /// Calls a method whose messages are streamed, in one direction or both.
  ///
  /// - Parameters:
  ///   - path: `/package.Service/Method`.
  ///   - metadata: sent before the first request.
  ///   - timeout: after it the call fails with DEADLINE_EXCEEDED; nil: never.
  ///   - waitsForReady: whether a server that cannot be reached yet is waited for.
  /// - Throws: ``RPCError`` when the call cannot be made; how it ends, ``ClientStream/receive()``
  ///   tells.
  public func stream(
    _ path: String, metadata: Metadata = [:], timeout: Duration? = nil,
    waitsForReady: Bool = false
  ) async throws(RPCError) -> ClientStream {
    let call = try ClientStreamCall(
      try makeCall(path, timeout: timeout, waitsForReady: waitsForReady), poller: poller,
      metadata: metadata)
    do throws(RPCError) {
      try await call.sendHeaders()
    } catch  where error.code == .internalError {
      call.core.cancel()
      throw error
    } catch {
      // The call is over already; receive() tells how.
    }
    return ClientStream(call)
  }

  private func makeCall(
    _ path: String, timeout: Duration?, waitsForReady: Bool
  ) throws(RPCError) -> OpaquePointer {
    let call = isClosed.withLock { isClosed in
      isClosed
        ? nil
        : cgrpc_channel_create_call(
          pointer, poller.queue, path, timeout?.wholeNanoseconds ?? .max, waitsForReady)
    }
    guard let call else { throw RPCError(.unavailable, "The channel is closed.") }
    return call
  }

  /// Refuses new calls, waits for those under way, and gives everything back; again is no harm.
  public func close() async {
    let isFirst = isClosed.withLock { isClosed in
      defer { isClosed = true }
      return !isClosed
    }
    guard isFirst else { return }
    poller.close()
    await poller.join()
    cgrpc_channel_destroy(pointer)
  }

  deinit {
    // close() is the way; this only keeps a forgotten channel from holding threads for ever.
    guard !isClosed.withLock({ $0 }) else { return }
    let poller = poller
    poller.close()
    cgrpc_channel_destroy(pointer)
    Task { await poller.join() }
  }
}

extension Duration {
  /// Nanoseconds, as far as they fit.
  fileprivate var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    guard !isTooLong else { return seconds < 0 ? 0 : .max }
    let (sum, isOver) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
    return isOver ? (seconds < 0 ? 0 : .max) : sum
  }
}
