internal import CGRPCShim
internal import Logging
internal import Synchronization

/// The C server with the counts that its end waits for; its calls and acceptors retain it.
final class ServerCore: CompletionTarget, @unchecked Sendable {
  // SAFETY: `pointer` is set once and destroyed in deinit, when no call, acceptor or channel
  // retains this object; C's server functions may be called from any thread.

  /// How long peers may take to read what there is for them when all calls are cancelled.
  private static let peerPatience = Duration.seconds(1)
  /// The longest time from one look for calls that core forgot to the next.
  private static let longestRefusalPause = Duration.seconds(1)
  /// How long handlers of cancelled calls may take to return before the log says so.
  private static let handlerPatience = Duration.seconds(5)

  let pointer: OpaquePointer
  /// Who accepts the connections; it also knows their peers.
  let listener: SocketListener?
  /// What TLS handshakes use; core asks it as long as the listener hands connections over.
  let credentials: ServerCredentials?
  let configuration: ServerConfiguration
  let limits: LimitLog
  /// Whose turn it is on each connection.
  let turns: HandlerTurns
  private let logger: Logger
  private let accepting = Atomic<Bool>(true)
  private let liveCalls = Atomic<Int>(0)
  private let liveOpenCalls = Atomic<Int>(0)
  private let isWaitingForCalls = Atomic<Bool>(false)
  private let noCalls = OneShotEvent()
  private let stopped = OneShotEvent()

  init(
    pointer: OpaquePointer, listener: SocketListener?,
    credentials: ServerCredentials?, logger: Logger, configuration: ServerConfiguration
  ) {
    self.pointer = pointer
    self.listener = listener
    self.credentials = credentials
    self.configuration = configuration
    self.logger = logger
    limits = LimitLog(logger: logger)
    turns = HandlerTurns(limit: configuration.handlersPerConnection)
  }

  deinit {
    // Nothing is handed over to a server that is gone.
    listener?.stop()
    cgrpc_server_destroy(pointer)
  }

  /// Whether more calls are wanted.
  var isAccepting: Bool { accepting.load(ordering: .acquiring) }

  /// How many calls have arrived and are not over.
  var callCount: Int { liveCalls.load(ordering: .relaxed) }

  /// The limit of calls at once that is reached, if one is.
  func limitReached(isOpen: Bool) -> LimitLog.Limit? {
    if callCount >= configuration.maximumConcurrentCalls { return .concurrentCalls }
    return isOpen && openCallCount >= configuration.maximumOpenCalls ? .openCalls : nil
  }

  /// How many of them are of services that anybody may call.
  var openCallCount: Int { liveOpenCalls.load(ordering: .relaxed) }

  func callBegan(isOpen: Bool) {
    liveCalls.add(1, ordering: .relaxed)
    if isOpen { liveOpenCalls.add(1, ordering: .relaxed) }
  }

  func callEnded(isOpen: Bool) {
    if isOpen { liveOpenCalls.subtract(1, ordering: .relaxed) }
    let left = liveCalls.subtract(1, ordering: .sequentiallyConsistent).newValue
    if left == 0, isWaitingForCalls.load(ordering: .sequentiallyConsistent) { noCalls.signal() }
  }

  /// Writes down a failure whose cause the caller is not told.
  func logFailure(_ error: any Error, of context: ServerCallContext) {
    let failure = RPCError(handlerError: error)
    guard failure.code == .internalError else { return }
    logger.error(
      "call failed",
      metadata: [
        "method": "\(context.method)", "peer": "\(context.peer)",
        "error": "\(failure.cause.map { String(describing: $0) } ?? failure.message)",
      ])
  }

  // MARK: - End

  /// Refuses new calls, and once the grace is over cancels those under way; signals `graceOver`.
  ///
  /// Returns when the last one is over and its handler has returned.
  func shutDown(on poller: Poller, graceOver: OneShotEvent) async {
    accepting.store(false, ordering: .releasing)
    listener?.setRefusing(true)
    guard start({ cgrpc_server_shutdown(pointer, poller.queue, $0) }) == CGRPC_OK else { return }
    let cancelling = Task {
      await graceOver.wait()
      guard !stopped.hasHappened else { return }
      listener?.setRefusing(false)
      cgrpc_server_cancel_all_calls(pointer)
      // Core waits for peers to read, and a hostile one never does.
      try await Task.sleep(for: Self.peerPatience)
      listener?.endConnections()
      // Handlers may take their time, but not in silence.
      try await Task.sleep(for: Self.handlerPatience)
      logger.warning(
        "calls were cancelled, but their handlers go on", metadata: ["calls": "\(callCount)"])
    }
    let refusing = Task {
      var pause = Duration.milliseconds(1)
      while !stopped.hasHappened {
        cgrpc_server_refuse_forgotten_calls(pointer)
        try await Task.sleep(for: pause)
        pause = min(pause * 10, Self.longestRefusalPause)
      }
    }
    await stopped.wait()
    refusing.cancel()
    isWaitingForCalls.store(true, ordering: .sequentiallyConsistent)
    if liveCalls.load(ordering: .sequentiallyConsistent) == 0 { noCalls.signal() }
    await noCalls.wait()
    graceOver.signal()
    cancelling.cancel()
    // Nothing of the server is left behind when this returns.
    _ = await cancelling.result
    _ = await refusing.result
  }

  override func complete(_ event: cgrpc_event) {
    if event.kind == CGRPC_EVENT_SERVER_STOPPED { stopped.signal() }
  }
}
