internal import CGRPCShim
public import Logging
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#endif

/// A gRPC server on gRPC core.
///
/// ``run()`` serves until its task is cancelled or ``stop()`` is called; then the server drains:
/// nothing new is accepted, calls under way have the grace period, and what is left is cancelled.
/// A server runs once. Safe to use from any task.
public final class GRPCServer: Sendable {
  /// How connections are protected.
  public enum Security: Sendable {
    /// Not at all: for loopback addresses, unix sockets, and behind a proxy that encrypts.
    case plaintext
  }

  private enum State {
    /// Made, not started. -> running, stopped
    case idle
    /// Accepts calls. -> draining
    case running(Running)
    /// Finishes what is under way. -> stopped
    case draining
    /// Over.
    case stopped
  }

  private struct Running {
    let core: ServerCore
    let pollers: [Poller]
    let port: Int?
  }

  /// What was asked for, as in `127.0.0.1:50051` or `unix:/run/jobs.sock`; nil: in process only.
  public let address: String?

  private let security: Security
  private let services: [any GRPCService]
  private let interceptors: [ServerInterceptor]
  private let configuration: ServerConfiguration
  private let logger: Logger
  private let state = Mutex(State.idle)
  private let started = OneShotEvent()
  private let stopRequested = OneShotEvent()
  private let stopped = OneShotEvent()

  /// A server for these services; nothing is bound before it runs.
  ///
  /// - Parameters:
  ///   - address: `host:port` (port 0: any free one), `[::1]:port` or `unix:/path`; nil serves
  ///     channels of this process alone (``GRPCChannel/inProcess(to:)``).
  /// - Throws: ``ServerError`` when an option is out of range or two methods have one path.
  public init(
    address: String?, security: Security = .plaintext, interceptors: [ServerInterceptor] = [],
    services: [any GRPCService], configuration: ServerConfiguration = .init(),
    logger: Logger = Logger(label: "grpc.server")
  ) throws(ServerError) {
    try configuration.validate()
    if let address { try Self.validate(address) }
    var paths = Set<String>()
    for method in services.flatMap(\.methods) where !paths.insert(method.path).inserted {
      throw ServerError(.invalidConfiguration, "Method \(method.path) is served twice.")
    }
    self.address = address
    self.security = security
    self.interceptors = interceptors
    self.services = services
    self.configuration = configuration
    self.logger = logger
  }

  private static func validate(_ address: String) throws(ServerError) {
    if address.hasPrefix("unix:") { return }
    guard let colon = address.lastIndex(of: ":"), colon > address.startIndex,
      let port = Int(address[address.index(after: colon)...]), (0...65535).contains(port)
    else {
      throw ServerError(
        .invalidConfiguration,
        "Address \(address) is neither host:port, with a port up to 65535, nor unix:/path.")
    }
  }

  // MARK: - Life

  /// Serves until the task is cancelled or ``stop()`` is called, and returns when all is over.
  ///
  /// - Throws: ``ServerError`` when the address cannot be bound, or the server ran before.
  public func run() async throws(ServerError) {
    try start()
    await withTaskCancellationHandler {
      await stopRequested.wait()
    } onCancel: {
      stop()
    }
    // Draining must go on although this task is cancelled: it waits in a task of its own.
    await Task { await drain() }.value
  }

  /// Asks the server to drain and end; returns at once.
  public func stop() { stopRequested.signal() }

  /// Waits until the server accepts calls, or has ended.
  ///
  /// - Returns: the port that it listens on; nil for unix sockets, in-process servers, and a
  ///   server that has ended.
  public func waitUntilStarted() async -> Int? {
    await started.wait()
    return state.withLock { state -> Int? in
      if case .running(let running) = state { running.port } else { nil }
    }
  }

  /// Plaintext connections at this moment, those still in their handshake among them.
  ///
  /// Costs a system call for each. A connection counts until core has closed it, which it does not
  /// do before the last of its calls is over. 0 when the server does not accept by itself: in
  /// process, and before and after it runs.
  public var connectionCount: Int {
    let core = state.withLock { state -> ServerCore? in
      if case .running(let running) = state { running.core } else { nil }
    }
    return core?.listener?.connectionCount ?? 0
  }

  private func start() throws(ServerError) {
    try state.withLock { state throws(ServerError) in
      guard case .idle = state else {
        throw ServerError(.invalidState, "A server runs once.")
      }
      state = .stopped
      defer { started.signal() }
      state = .running(try makeRunning())
    }
  }

  private func makeRunning() throws(ServerError) -> Running {
    let library = CoreLibrary()
    var pollers: [Poller] = []
    do throws(ServerError) {
      for _ in 0..<configuration.queues {
        pollers.append(try Poller(library: library, threads: configuration.threadsPerQueue))
      }
      return try serve(on: pollers, library: library)
    } catch {
      for poller in pollers { poller.close() }
      Task { [pollers] in for poller in pollers { await poller.join() } }
      throw error
    }
  }

  private func serve(
    on pollers: [Poller], library: CoreLibrary
  ) throws(ServerError) -> Running {
    let listener = try makeListener(library: library)
    let queues = pollers.map { Optional($0.queue) }
    let pointer = arguments.withArguments { arguments, count in
      queues.withUnsafeBufferPointer {
        cgrpc_server_create(arguments, count, $0.baseAddress, $0.count)
      }
    }
    guard let pointer else {
      throw ServerError(.resourcesExhausted, "gRPC core could not make a server.")
    }
    let core = ServerCore(
      library: library, pointer: pointer, listener: listener, logger: logger,
      configuration: configuration)
    var acceptors: [(RPCMethod, UnsafeMutableRawPointer?)] = []
    for method in services.flatMap(\.methods) {
      guard
        let handle = cgrpc_server_register_method(pointer, method.path, method.readsMessage)
      else {
        throw ServerError(.invalidConfiguration, "Method \(method.path) cannot be registered.")
      }
      acceptors.append((method.intercepted(by: interceptors), handle))
    }
    acceptors.append((RPCMethod.unknown.intercepted(by: interceptors), nil))
    let port = try listener == nil ? bind(pointer) : listener?.port
    cgrpc_server_start(pointer)
    try listener?.start(serving: pointer)
    for poller in pollers {
      for (method, handle) in acceptors {
        let acceptor = MethodAcceptor(method, handle: handle, server: core, poller: poller)
        for _ in 0..<configuration.requestedCallsPerMethod { acceptor.requestCall() }
      }
    }
    return Running(core: core, pollers: pollers, port: port)
  }

  /// Plaintext connections are accepted by us; nil: by core, or there are none.
  private func makeListener(library: CoreLibrary) throws(ServerError) -> SocketListener? {
    guard let address, case .plaintext = security else { return nil }
    return try SocketListener(
      address: address, configuration: configuration, library: library, logger: logger)
  }

  private func bind(_ server: OpaquePointer) throws(ServerError) -> Int? {
    guard let address else { return nil }
    let port = Int(cgrpc_server_bind_plaintext(server, address))
    guard port > 0 else {
      let problem = cgrpc_explain_bind_failure(address)
      let reason = problem == 0 ? "gRPC core refused it" : String(cString: strerror(problem))
      throw ServerError(.bindFailed, "Cannot listen on \(address): \(reason).")
    }
    return address.hasPrefix("unix:") ? nil : port
  }

  private var arguments: ChannelArguments {
    var arguments = ChannelArguments()
    // Two servers on one port would share its connections, where an operator expects an error.
    arguments.set("grpc.so_reuseport", 0)
    arguments.set("grpc.max_receive_message_length", configuration.maximumRequestSize)
    arguments.set("grpc.max_send_message_length", -1)
    // The shim inflates with a cap; core would inflate first and check the size then.
    arguments.set("grpc.per_message_decompression", 0)
    arguments.set("grpc.max_concurrent_streams", configuration.maximumConcurrentStreams)
    arguments.set(
      "grpc.server_handshake_timeout_ms", configuration.handshakeTimeoutMilliseconds)
    configuration.setConnectionLimits(in: &arguments)
    return arguments
  }

  private func drain() async {
    let running = state.withLock { state -> Running? in
      guard case .running(let running) = state else { return nil }
      state = .draining
      return running
    }
    guard let running, let first = running.pollers.first else { return }
    running.core.listener?.stop()
    await running.core.shutDown(on: first, grace: configuration.shutdownGrace)
    for poller in running.pollers { poller.close() }
    for poller in running.pollers { await poller.join() }
    state.withLock { $0 = .stopped }
    stopped.signal()
  }

  // MARK: - In process

  /// The running C server, for a channel of this process.
  func withRunningCore<Result>(
    _ body: (ServerCore) throws(ServerError) -> Result
  ) throws(ServerError) -> Result {
    let core = state.withLock { state -> ServerCore? in
      if case .running(let running) = state { running.core } else { nil }
    }
    guard let core else {
      throw ServerError(.invalidState, "The server does not run: a channel needs it running.")
    }
    return try body(core)
  }
}
