internal import CGRPCShim
internal import Synchronization

/// A call of a client whose messages are streamed, in one direction or both.
///
/// Safe to use from any task. A stream that nobody holds any more is cancelled.
public final class ClientStream: Sendable {
  private let call: ClientStreamCall

  init(_ call: ClientStreamCall) { self.call = call }

  deinit { call.core.cancel() }

  /// Sends a message, and returns when the server's window has room again.
  ///
  /// - Throws: ``RPCError`` with CANCELLED when the call is over; ``receive()`` tells why.
  public func send(_ message: some RPCPayload) async throws(RPCError) {
    try await call.send(message, closes: false)
  }

  /// Tells the server that nothing more is sent.
  public func finishSending() async throws(RPCError) {
    try await call.send(Optional<[UInt8]>.none, closes: true)
  }

  /// The next message, or nil when the call ended with OK.
  ///
  /// - Throws: ``RPCError`` with every status but OK.
  public func receive() async throws(RPCError) -> [UInt8]? { try await call.receive() }

  /// The server's initial metadata; waits until it is there or the call is over.
  public func initialMetadata() async -> Metadata { await call.initialMetadata() }

  /// What came with the status; waits until the call is over.
  public func trailingMetadata() async -> Metadata { await call.trailingMetadata() }

  /// Gives the call up; harmless when it is over.
  public func cancel() { call.core.cancel() }
}

/// The call behind a ``ClientStream``.
final class ClientStreamCall: CompletionTarget, @unchecked Sendable {
  // SAFETY: `core` is destroyed in deinit, when no task and no operation under way retains this
  // object. Batches start under `starting`'s lock; messages are touched by whoever has passed the
  // turnstile of their direction; metadata and status after the event that brings them.

  let core: CoreCall
  /// Retained so that the queue outlives the call.
  private let poller: Poller
  /// Guards the start of batches; true once the call's own initial metadata went out.
  private let starting = Mutex(false)
  private let metadata: Metadata
  private let sending = Turnstile<Result<Void, RPCError>>()
  private let receiving = Turnstile<[UInt8]?>()
  private let hasHeaders = OneShotEvent()
  private let hasStatus = OneShotEvent()
  private let receiveFailure = Mutex<RPCError?>(nil)

  init(_ call: OpaquePointer, poller: Poller, metadata: Metadata) throws(RPCError) {
    self.core = CoreCall(pointer: call)
    self.poller = poller
    self.metadata = metadata
    super.init()
    let finish = retainedContext()
    let result = start { cgrpc_call_start_client_stream(call, $0, finish) }
    if let error = RPCError(startOf: result) {
      releaseContext()
      throw error
    }
  }

  deinit { core.destroy() }

  override func complete(_ event: cgrpc_event) {
    switch event.kind {
    case CGRPC_EVENT_HEADERS_RECEIVED: hasHeaders.signal()
    case CGRPC_EVENT_CALL_FINISHED:
      hasHeaders.signal()
      hasStatus.signal()
    case CGRPC_EVENT_SENT:
      sending.complete(event.ok ? .success(()) : .failure(.callerIsGone))
    case CGRPC_EVENT_RECEIVED: receiving.complete(received())
    default: break
    }
  }

  private func received() -> [UInt8]? {
    guard core.hasMessage else { return nil }
    do throws(RPCError) {
      return try core.takeMessage(limit: GRPCChannel.maximumReplySize)
    } catch {
      receiveFailure.withLock { $0 = error }
      core.cancel()
      return nil
    }
  }

  func send(_ message: (some RPCPayload)?, closes: Bool) async throws(RPCError) {
    let outcome = await sending.pass { () -> Result<Void, RPCError>? in
      if let message { _ = core.setMessage(message) }
      let result = starting.withLock { hasSentHeaders in
        let result = metadata.withHeaders { headers in
          // SAFETY: C copies the headers before it returns.
          var step = cgrpc_send()
          step.headers = hasSentHeaders ? cgrpc_headers() : headers
          step.has_message = message != nil
          step.closes = closes
          return start { cgrpc_call_start_send(core.pointer, &step, $0) }
        }
        if result == CGRPC_OK { hasSentHeaders = true }
        return result
      }
      return RPCError(startOf: result).map { .failure($0) }
    }
    try outcome.get()
  }

  /// Sends the call's own initial metadata, so that the server sees the call at once.
  func sendHeaders() async throws(RPCError) {
    try await send(Optional<[UInt8]>.none, closes: false)
  }

  func receive() async throws(RPCError) -> [UInt8]? {
    let message = await receiving.pass { () -> [UInt8]?? in
      let result = starting.withLock { _ in
        start { cgrpc_call_start_receive(core.pointer, $0) }
      }
      return result == CGRPC_OK ? nil : .some(nil)
    }
    if let message { return message }
    await hasStatus.wait()
    if let error = receiveFailure.withLock({ $0 }) ?? core.status() { throw error }
    return nil
  }

  func initialMetadata() async -> Metadata {
    await hasHeaders.wait()
    return core.initialMetadata
  }

  func trailingMetadata() async -> Metadata {
    await hasStatus.wait()
    return core.trailingMetadata
  }
}
