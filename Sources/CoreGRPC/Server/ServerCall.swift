internal import CGRPCShim
internal import Synchronization

/// One call on a server, from its arrival to its status.
final class ServerCall: CompletionTarget, @unchecked Sendable {
  // SAFETY: `core` is destroyed in deinit, when neither the handler nor an operation under way
  // retains this object. Batches on it start under `state`'s lock. A unary call's request and
  // reply are touched by the handler's task alone, before the reply starts; a stream's messages by
  // whoever has passed the turnstile of their direction.

  enum State {
    /// The handler works. -> replied
    case running(Running)
    /// The status is under way or gone; nothing follows.
    case replied
  }

  struct Running {
    /// The handler's task, once it has suspended.
    var task: Task<Void, Never>?
    /// Whether the event that tells of a cancellation is under way or was there.
    var isWatched = false
    /// Whether the peer gave the call up.
    var isCancelled = false
    var hasSentHeaders = false
  }

  let core: CoreCall
  let server: ServerCore
  let state = Mutex(State.running(Running()))
  let sending = Turnstile<Result<Void, RPCError>>()
  let receiving = Turnstile<Result<ReceivedMessage?, RPCError>>()
  /// Whether core has reported the end of the requests; touched by the events of receives alone.
  var hasSeenEnd = false
  private var hasReply = false
  /// Where the call came from; nil in process, and where connections cannot be told apart.
  private let origin: SocketListener.CallOrigin?
  /// Whether the request's metadata exceeds the limit; it is not copied then.
  private let hasTooMuchMetadata: Bool

  /// Takes over a call that arrived.
  init(_ call: OpaquePointer, server: ServerCore) {
    self.core = CoreCall(pointer: call)
    self.server = server
    origin = server.listener?.callBegan(call)
    hasTooMuchMetadata =
      cgrpc_call_initial_metadata_list_size(call) > server.configuration.maximumMetadataSize
    server.callBegan()
  }

  deinit {
    if let origin { server.listener?.callEnded(origin) }
    core.destroy()
    server.callEnded()
  }

  // MARK: - Running

  /// Runs the method's handler: here and now until it first suspends, then on `poller`.
  func run(_ method: RPCMethod, on poller: Poller) {
    // A registered method's path is not sent up again: it is the one that was registered.
    let context = ServerCallContext(
      method: method.path.isEmpty ? core.path : method.path,
      metadata: hasTooMuchMetadata ? Metadata() : core.initialMetadata, deadline: core.deadline,
      peer: origin?.peer ?? core.peer,
      isRequestCompressed: core.isMessageCompressed,
      peerIdentity: server.credentials?.peerIdentity(of: core.pointer))
    if method.isStreaming { watch() }
    let task = Task.immediate(executorPreference: poller) {
      do {
        try self.checkConnectionLimits()
        try await method.run(self, context)
        guard method.isStreaming || self.hasReply else {
          throw RPCError(.internalError, "The call ended without a reply.")
        }
        self.finish(context: context, error: nil)
      } catch {
        self.finish(context: context, error: RPCError(handlerError: error))
        self.server.logFailure(error, of: context)
      }
    }
    let isCancelled = state.withLock { state in
      // A unary handler that never suspended has replied: its call needs no third event.
      guard case .running(var running) = state else { return false }
      running.task = task
      if !running.isWatched { running.isWatched = startWatch() }
      state = .running(running)
      return running.isCancelled
    }
    if isCancelled { task.cancel() }
  }

  private func watch() {
    state.withLock { state in
      guard case .running(var running) = state else { return }
      running.isWatched = startWatch()
      state = .running(running)
    }
  }

  private func startWatch() -> Bool {
    start { cgrpc_call_start_watch(core.pointer, $0) } == CGRPC_OK
  }

  override func complete(_ event: cgrpc_event) {
    switch event.kind {
    case CGRPC_EVENT_CALL_CLOSED:
      if cgrpc_call_was_cancelled(core.pointer) { peerGaveUp() }
    case CGRPC_EVENT_SENT: sending.complete(event.ok ? .success(()) : .failure(Self.goneError))
    case CGRPC_EVENT_RECEIVED: messageReceived(event)
    default: break
    }
  }

  private func peerGaveUp() {
    let task = state.withLock { state -> Task<Void, Never>? in
      guard case .running(var running) = state else { return nil }
      running.isCancelled = true
      state = .running(running)
      return running.task
    }
    task?.cancel()
  }

  // MARK: - Limits

  /// Refuses what core would, if it held every peer to its settings: it waits for the peer to
  /// acknowledge them, which a hostile one never does.
  private func checkConnectionLimits() throws(RPCError) {
    let limits = server.configuration
    guard !hasTooMuchMetadata else {
      throw RPCError(
        .resourceExhausted,
        "The request's metadata exceeds \(limits.maximumMetadataSize) bytes.")
    }
    guard let origin, origin.callCount > limits.callsToRefuse else { return }
    throw RPCError(.resourceExhausted, "The connection has too many calls.")
  }

  // MARK: - Unary

  /// The request's bytes.
  func takeRequest() throws(RPCError) -> [UInt8] {
    guard core.hasMessage else {
      throw RPCError(.invalidArgument, "The request carries no message.")
    }
    return try core.takeMessage(limit: server.configuration.maximumRequestSize)
  }

  /// Encodes the reply straight into the memory that core will send.
  func setReply(_ reply: some RPCPayload) {
    core.setMessage(reply)
    hasReply = true
  }

  // MARK: - End

  private func finish(context: ServerCallContext, error: RPCError?) {
    state.withLock { state in
      guard case .running(let running) = state else { return }
      state = .replied
      let isUnavailable = error?.code == .unavailable
      var trailing = context.trailingMetadata
      if let error {
        trailing.flat += error.trailingMetadata.flat
        if !error.details.isEmpty {
          trailing.add(bytes: error.details, forKey: "grpc-status-details-bin")
        }
      }
      let result = startReply(
        code: error?.code ?? .ok, message: error?.message ?? "",
        initial: isUnavailable ? Metadata() : context.initialMetadata, trailing: trailing,
        compressionLevel: context.compression.level, running)
      guard result == CGRPC_REFUSED else { return }
      // Metadata that core does not take must not leave the caller without an answer.
      _ = startReply(
        code: .internalError, message: "The reply's metadata is invalid.", initial: [:],
        trailing: [:], compressionLevel: 0, running)
    }
  }

  private func startReply(
    code: StatusCode, message: String, initial: Metadata, trailing: Metadata,
    compressionLevel: Int32, _ running: Running
  ) -> cgrpc_result {
    var message = message
    return message.withUTF8 { text in
      initial.withHeaders(compressionLevel: code == .ok ? compressionLevel : 0) { headers in
        trailing.flat.withUnsafeBufferPointer { trailing in
          // SAFETY: C copies all three buffers before it returns.
          var reply = cgrpc_reply()
          reply.headers = running.hasSentHeaders ? cgrpc_headers() : headers
          reply.trailing_metadata = trailing.baseAddress
          reply.trailing_metadata_length = trailing.count
          reply.status = Int32(clamping: code.rawValue)
          text.withMemoryRebound(to: CChar.self) { reply.status_message = $0.baseAddress }
          reply.status_message_length = text.count
          reply.has_message = hasReply && code == .ok
          reply.watches_close = !running.isWatched
          return start { cgrpc_call_start_reply(core.pointer, &reply, $0) }
        }
      }
    }
  }
}
