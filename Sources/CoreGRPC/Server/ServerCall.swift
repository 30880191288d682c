internal import CGRPCShim
internal import Synchronization

/// One call on a server, from its arrival to its status.
final class ServerCall: CompletionTarget, @unchecked Sendable {
  // SAFETY: `core` is destroyed in deinit, when neither the handler nor an operation under way
  // retains this object. Batches on it start under `state`'s lock. A unary call's request and
  // reply are touched by the handler's task alone, before the reply starts; a stream's messages by
  // whoever has passed the turnstile of their direction.

  let core: CoreCall
  let server: ServerCore
  let state = Mutex(ServerCallState.silent(.init()))
  let sending = Turnstile<Result<Void, RPCError>>()
  let receiving = Turnstile<Result<ReceivedMessage?, RPCError>>()
  /// Whether core has reported the end of the requests; touched by the events of receives alone.
  var hasSeenEnd = false
  private var hasReply = false
  /// Bytes of messages that the peer has not taken yet.
  let heldBytes = Atomic<Int>(0)
  /// Whether the listener was told that the status alone is missing; touched by the handler's task.
  private var isEnding = false
  /// The request, when it was waited for.
  private var request: [UInt8]?
  /// What is to run once it is known why the call came without its request; touched before the
  /// question and by its event alone.
  private var pending: (method: ServedMethod, poller: Poller)?
  /// Whether the call has its turn on the connection; touched by whoever starts the handler, and then by
  /// its task.
  private var hasTurn = false
  /// Where the call came from; nil in process, and where connections cannot be told apart.
  let origin: SocketListener.CallOrigin?
  /// Whether anybody may call the method.
  let isOpen: Bool
  /// The limit of calls at once that the server had reached when this one arrived, if it had.
  let limitReached: LimitLog.Limit?
  /// Whether the request's metadata exceeds the limit; it is not copied then.
  let hasTooMuchMetadata: Bool
  /// What the caller allowed when the call arrived, in nanoseconds; .max: any time.
  let timeAllowed: Int64

  /// Takes over a call that arrived.
  init(_ call: OpaquePointer, isOpen: Bool, server: ServerCore) {
    self.core = CoreCall(pointer: call)
    self.server = server
    self.isOpen = isOpen
    origin = server.listener?.callBegan(call, isOpen: isOpen)
    limitReached = server.limitReached(isOpen: isOpen)
    hasTooMuchMetadata =
      cgrpc_call_initial_metadata_list_size(call) > server.configuration.maximumMetadataSize
    timeAllowed = cgrpc_call_remaining_nanoseconds(call)
    server.callBegan(isOpen: isOpen)
  }

  deinit {
    holdNothing()
    if let origin,
      server.listener?.callEnded(
        origin, isOpen: isOpen, wasEnding: isEnding, wasGivenUp: wasGivenUp) == true
    {
      server.limits.report(.cancelledCalls, peer: origin.peer)
    }
    core.destroy()
    server.callEnded(isOpen: isOpen)
  }

  // MARK: - Running

  /// Runs the method's handler, refuses the call, or finds that nobody waits for it.
  func run(_ method: ServedMethod, on poller: Poller) {
    guard method.serving.readsMessage, !core.hasMessage, limitReached == nil else {
      return takeTurn(method, on: poller, refusalForLimits())
    }
    // Its stream is over before the request came: most likely it was reset, which peers can do
    // faster than handlers can run. Asking for the end once more tells, see messageReceived(_:).
    pending = (method, poller)
    state.withLock { watch(&$0) }
    if startReceive() != nil { startPending() }
  }

  /// Runs the handler of a unary call when it is the connection's turn.
  private func takeTurn(_ method: ServedMethod, on poller: Poller, _ refusal: RPCError?) {
    guard let origin, refusal == nil, !method.serving.isStreaming, method.serving.readsMessage
    else {
      return start(method, on: poller, refusal)
    }
    let isTaken = server.turns.take(origin.connection) { [self] in
      // Not here and now: this may be the end of another call's handler.
      Task.detached(executorPreference: poller) { self.startInTurn(method, on: poller) }
    }
    if isTaken {
      hasTurn = true
      start(method, on: poller, nil)
    } else {
      // While it waits, too, its caller may give up.
      state.withLock { if $0.needsWatch { watch(&$0) } }
    }
  }

  private func startInTurn(_ method: ServedMethod, on poller: Poller) {
    hasTurn = true
    guard !state.withLock({ $0.isAbandoned }) else { return endTurn() }
    start(method, on: poller, nil)
  }

  private func endTurn() {
    guard hasTurn, let origin else { return }
    hasTurn = false
    server.turns.end(origin.connection)
  }

  /// Runs the handler of a call that came without its request, unless the peer gave it up.
  private func startPending() {
    guard let (method, poller) = pending else { return }
    pending = nil
    if !cgrpc_call_was_cancelled(core.pointer) {
      takeTurn(method, on: poller, refusalForLimits())
    }
  }

  /// Runs the method's handler: here and now until it first suspends, then on `poller`.
  ///
  /// A call beyond a limit is refused instead.
  private func start(_ method: ServedMethod, on poller: Poller, _ refusal: RPCError?) {
    let method = refusal == nil ? method.serving : method.refusing
    // A registered method's path is not sent up again: it is the one that was registered.
    let context = ServerCallContext(
      method: method.path.isEmpty ? core.path : method.path, isMethodServed: !method.path.isEmpty,
      metadata: hasTooMuchMetadata ? Metadata() : core.initialMetadata,
      deadline: timeAllowed == .max ? nil : .now + .nanoseconds(timeAllowed),
      peer: origin?.peer ?? core.peer,
      isRequestCompressed: core.isMessageCompressed,
      peerIdentity: server.credentials?.peerIdentity(of: core.pointer), refusal: refusal)
    if method.isStreaming { state.withLock { if $0.needsWatch { watch(&$0) } } }
    let task = Task.immediate(executorPreference: poller) {
      do {
        try await method.run(self, context)
        guard method.isStreaming || self.hasReply else {
          throw RPCError(.internalError, "The call ended without a reply.")
        }
        if !self.server.isAccepting { await self.flush(context, sendsReply: self.hasReply) }
        self.finish(context: context, error: nil)
        self.endTurn()
      } catch {
        if !self.server.isAccepting { await self.flush(context, sendsReply: false) }
        self.finish(context: context, error: RPCError(handlerError: error))
        self.server.logFailure(error, of: context)
        self.endTurn()
      }
    }
    let isAbandoned = state.withLock { state in
      // A unary handler that never suspended has replied: its call needs no third event.
      if state.needsWatch { watch(&state) }
      return state.attach(task)
    }
    if isAbandoned { task.cancel() }
  }

  private func watch(_ state: inout ServerCallState) {
    if start({ cgrpc_call_start_watch(core.pointer, $0) }) == CGRPC_OK { state.watch() }
  }

  override func complete(_ event: cgrpc_event) {
    switch event.kind {
    case CGRPC_EVENT_CALL_CLOSED:
      guard cgrpc_call_was_cancelled(core.pointer) else { break }
      state.withLock { $0.abandon() }?.cancel()
    case CGRPC_EVENT_SENT:
      holdNothing()
      sending.complete(event.ok ? .success(()) : .failure(.callerIsGone))
    case CGRPC_EVENT_RECEIVED: pending == nil ? messageReceived(event) : startPending()
    default: break
    }
  }

  // MARK: - Unary

  /// Waits for the request of a call that arrived before it, and keeps it for ``takeRequest()``.
  func receiveRequest() async throws(RPCError) {
    let timer = server.configuration.maximumRequestTime.map { time in
      Task {
        try await Task.sleep(for: time)
        receiving.complete(.failure(requestTimeExceeded(time)))
      }
    }
    defer { timer?.cancel() }
    request = try await receive()?.bytes
  }

  /// The request's bytes.
  func takeRequest() throws(RPCError) -> [UInt8] {
    if let request { return request }
    guard core.hasMessage else {
      throw RPCError(.invalidArgument, "The request carries no message.")
    }
    return try takeMessage()
  }

  /// Encodes the reply straight into the memory that core will send.
  func setReply(_ reply: some RPCPayload) throws(RPCError) {
    try setMessage(reply)
    hasReply = true
  }

  // MARK: - End

  /// While the server stops, sends what precedes the status, and lets the last status of a
  /// connection wait until the peer has everything else: core closes the connection with it.
  ///
  /// Returns at once when the caller is gone.
  private func flush(_ context: ServerCallContext, sendsReply: Bool) async {
    guard let origin, let listener = server.listener else { return }
    if sendsReply {
      hasReply = false
      guard await sendReply(context) else { return }
    }
    isEnding = true
    guard listener.callEnds(origin) else { return }
    var pause = Duration.milliseconds(1)
    while !listener.isFlushed(origin) {
      // Cancelled: nobody waits for the status any more.
      guard (try? await Task.sleep(for: pause)) != nil else { return }
      pause = min(pause * 2, .milliseconds(20))
    }
  }

  private func finish(context: ServerCallContext, error: RPCError?) {
    state.withLock { state in
      guard let ending = state.finish() else { return }
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
        compressionLevel: context.compression.level, ending)
      guard result == CGRPC_REFUSED else { return }
      // Metadata that core does not take must not leave the caller without an answer.
      _ = startReply(
        code: .internalError, message: "The reply's metadata is invalid.", initial: [:],
        trailing: [:], compressionLevel: 0, ending)
    }
  }

  private func startReply(
    code: StatusCode, message: String, initial: Metadata, trailing: Metadata,
    compressionLevel: Int32, _ ending: ServerCallState.Ending
  ) -> cgrpc_result {
    var message = message
    return message.withUTF8 { text in
      initial.withHeaders(compressionLevel: code == .ok ? compressionLevel : 0) { headers in
        trailing.flat.withUnsafeBufferPointer { trailing in
          // SAFETY: C copies all three buffers before it returns.
          var reply = cgrpc_reply()
          reply.headers = ending.sendsHeaders ? headers : cgrpc_headers()
          reply.trailing_metadata = trailing.baseAddress
          reply.trailing_metadata_length = trailing.count
          reply.status = Int32(clamping: code.rawValue)
          text.withMemoryRebound(to: CChar.self) { reply.status_message = $0.baseAddress }
          reply.status_message_length = text.count
          reply.has_message = hasReply && code == .ok
          reply.watches_close = ending.watchesClose
          return start { cgrpc_call_start_reply(core.pointer, &reply, $0) }
        }
      }
    }
  }
}
