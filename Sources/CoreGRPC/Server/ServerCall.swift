internal import CGRPCShim
internal import Synchronization

/// One call on a server, from its arrival to its status.
final class ServerCall: CompletionTarget, @unchecked Sendable {
  // SAFETY: `call` is destroyed in deinit, when neither the handler nor an operation under way
  // retains this object. Batches on it start under `state`'s lock. The request and the reply's
  // memory are touched by the handler's task alone, before the reply starts.

  private enum State {
    /// The handler works. -> replied
    case running(task: Task<Void, Never>?, isWatched: Bool)
    /// The reply is under way or gone; nothing follows.
    case replied
  }

  private let call: OpaquePointer
  private let server: ServerCore
  private let state = Mutex(State.running(task: nil, isWatched: false))
  private var hasReply = false
  /// Where the call came from; nil in process, and where connections cannot be told apart.
  private let origin: SocketListener.CallOrigin?

  /// Takes over a call that arrived.
  init(_ call: OpaquePointer, server: ServerCore) {
    self.call = call
    self.server = server
    origin = server.listener?.callBegan(call)
    server.callBegan()
  }

  deinit {
    if let origin { server.listener?.callEnded(origin) }
    cgrpc_call_destroy(call)
    server.callEnded()
  }

  // MARK: - Running

  /// Runs the method's handler: here and now until it first suspends, then on `poller`.
  func run(_ method: RPCMethod, on poller: Poller) {
    let context = makeContext(path: method.path)
    let task = Task.immediate(executorPreference: poller) {
      do {
        try self.checkConnectionLimits()
        try await method.run(self, context)
        guard self.hasReply else {
          throw RPCError(.internalError, "The call ended without a reply.")
        }
        self.finish(context: context, error: nil)
      } catch {
        self.finish(context: context, error: RPCError(handlerError: error))
        self.server.logFailure(error, of: context)
      }
    }
    state.withLock { state in
      // A handler that never suspended has replied: its call needs no third event.
      guard case .running = state else { return }
      let isWatched = start { cgrpc_call_start_watch(call, $0) } == CGRPC_OK
      state = .running(task: task, isWatched: isWatched)
    }
  }

  override func complete(_ event: cgrpc_event) {
    guard event.kind == CGRPC_EVENT_CALL_CLOSED, cgrpc_call_was_cancelled(call) else { return }
    let task = state.withLock { state -> Task<Void, Never>? in
      if case .running(let task, _) = state { task } else { nil }
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

  private var hasTooMuchMetadata: Bool {
    cgrpc_call_initial_metadata_list_size(call) > server.configuration.maximumMetadataSize
  }

  // MARK: - Request

  private func makeContext(path: String) -> ServerCallContext {
    var length = 0
    let bytes = cgrpc_call_path(call, &length)
    // A registered method's path is not sent up again: it is the one that was registered.
    let method =
      path.isEmpty
      ? String(decoding: UnsafeRawBufferPointer(start: bytes, count: length), as: UTF8.self)
      : path
    let remaining = cgrpc_call_remaining_nanoseconds(call)
    return ServerCallContext(
      method: method, metadata: receivedMetadata(),
      deadline: remaining == .max ? nil : .now + .nanoseconds(remaining), peer: peer(),
      peerIdentity: server.credentials?.peerIdentity(of: call))
  }

  private func receivedMetadata() -> Metadata {
    let size = cgrpc_call_initial_metadata_size(call)
    guard size > 0, !hasTooMuchMetadata else { return Metadata() }
    return Metadata(
      flat: [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        // SAFETY: the buffer has the size that C asked for, and C fills all of it.
        cgrpc_call_copy_initial_metadata(call, buffer.baseAddress)
        count = size
      })
  }

  private func peer() -> String {
    if let origin { return origin.peer }
    guard let peer = cgrpc_call_peer(call) else { return "" }
    defer { cgrpc_string_free(peer) }
    return String(cString: peer)
  }

  /// The request's bytes: one copy into a buffer of exactly their size.
  func takeRequest() throws(RPCError) -> [UInt8] {
    guard cgrpc_call_has_message(call) else {
      throw RPCError(.invalidArgument, "The request carries no message.")
    }
    let size = cgrpc_call_message_size(call)
    var isCopied = true
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      // SAFETY: as above; a message that cannot be read leaves the array empty.
      isCopied = size == 0 || cgrpc_call_copy_message(call, buffer.baseAddress)
      count = isCopied ? size : 0
    }
    cgrpc_call_drop_message(call)
    guard isCopied else {
      throw RPCError(.internalError, "The request could not be decompressed.")
    }
    return bytes
  }

  // MARK: - Reply

  /// Encodes the reply straight into the memory that core will send.
  func setReply(_ reply: some RPCPayload) {
    let size = reply.byteCount
    let memory = cgrpc_call_allocate_message(call, size)
    // SAFETY: C hands out `size` bytes that stay until the reply starts.
    reply.write(into: UnsafeMutableRawBufferPointer(start: memory, count: size))
    hasReply = true
  }

  private func finish(context: ServerCallContext, error: RPCError?) {
    state.withLock { state in
      guard case .running(_, let isWatched) = state else { return }
      state = .replied
      let initial = error?.code == .unavailable ? Metadata() : context.initialMetadata
      var trailing = context.trailingMetadata
      if let error {
        trailing.flat += error.trailingMetadata.flat
        if !error.details.isEmpty {
          trailing.add(bytes: error.details, forKey: "grpc-status-details-bin")
        }
      }
      let result = startReply(
        code: error?.code ?? .ok, message: error?.message ?? "", initial: initial,
        trailing: trailing, isWatched: isWatched)
      guard result == CGRPC_REFUSED else { return }
      // Metadata that core does not take must not leave the caller without an answer.
      _ = startReply(
        code: .internalError, message: "The reply's metadata is invalid.", initial: [:],
        trailing: [:], isWatched: isWatched)
    }
  }

  private func startReply(
    code: StatusCode, message: String, initial: Metadata, trailing: Metadata, isWatched: Bool
  ) -> cgrpc_result {
    var message = message
    return message.withUTF8 { text in
      initial.flat.withUnsafeBufferPointer { initial in
        trailing.flat.withUnsafeBufferPointer { trailing in
          // SAFETY: C copies all three buffers before it returns.
          var reply = cgrpc_reply()
          reply.initial_metadata = initial.baseAddress
          reply.initial_metadata_length = initial.count
          reply.trailing_metadata = trailing.baseAddress
          reply.trailing_metadata_length = trailing.count
          reply.status = Int32(clamping: code.rawValue)
          text.withMemoryRebound(to: CChar.self) { reply.status_message = $0.baseAddress }
          reply.status_message_length = text.count
          reply.has_message = code == .ok
          reply.watches_close = !isWatched
          return start { cgrpc_call_start_reply(call, &reply, $0) }
        }
      }
    }
  }
}
