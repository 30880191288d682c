internal import CGRPCShim
internal import Logging
internal import Synchronization

/// The C server with the counts that its end waits for; its calls and acceptors retain it.
final class ServerCore: CompletionTarget, @unchecked Sendable {
  // SAFETY: `pointer` is set once and destroyed in deinit, when no call, acceptor or channel
  // retains this object; C's server functions may be called from any thread.

  let pointer: OpaquePointer
  /// Who accepts the plaintext connections; it also knows their peers.
  let listener: SocketListener?
  let configuration: ServerConfiguration
  private let library: CoreLibrary
  private let logger: Logger
  private let accepting = Atomic<Bool>(true)
  private let liveCalls = Atomic<Int>(0)
  private let isWaitingForCalls = Atomic<Bool>(false)
  private let noCalls = OneShotEvent()
  private let stopped = OneShotEvent()

  init(
    library: CoreLibrary, pointer: OpaquePointer, listener: SocketListener?, logger: Logger,
    configuration: ServerConfiguration
  ) {
    self.library = library
    self.pointer = pointer
    self.listener = listener
    self.configuration = configuration
    self.logger = logger
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

  func callBegan() { liveCalls.add(1, ordering: .relaxed) }

  func callEnded() {
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

  /// Refuses new calls, and after the grace period cancels those under way.
  ///
  /// Returns when the last one is over and its handler has returned.
  func shutDown(on poller: Poller, grace: Duration) async {
    accepting.store(false, ordering: .releasing)
    guard start({ cgrpc_server_shutdown(pointer, poller.queue, $0) }) == CGRPC_OK else { return }
    let deadline = Task {
      try await Task.sleep(for: grace)
      cgrpc_server_cancel_all_calls(pointer)
    }
    await stopped.wait()
    isWaitingForCalls.store(true, ordering: .sequentiallyConsistent)
    if liveCalls.load(ordering: .sequentiallyConsistent) == 0 { noCalls.signal() }
    await noCalls.wait()
    deadline.cancel()
  }

  override func complete(_ event: cgrpc_event) {
    if event.kind == CGRPC_EVENT_SERVER_STOPPED { stopped.signal() }
  }
}
