internal import CGRPCShim
public import Logging
internal import Safeguards
public import ServiceLifecycle
internal import Synchronization

/// A gRPC server on gRPC core.
///
/// ``run()`` serves until its task is cancelled, its service group shuts down, or ``stop()`` is
/// called; then the server drains: nothing new is accepted, calls under way have the grace period,
/// and what is left is cancelled. A server runs once. Safe to use from any task.
public final class GRPCServer: Service {
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
    let reloader: CertificateReloader?
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
  private let graceOver = OneShotEvent()

  /// A server for these services; nothing is bound before it runs.
  ///
  /// - Parameters:
  ///   - address: `host:port` (port 0: any free one), `[::1]:port` or `unix:/path`; nil serves
  ///     channels of this process alone (``GRPCChannel/inProcess(to:)``).
  ///   - security: how connections to the address are protected; its files are read when it runs.
  ///   - interceptors: what is around every call, outermost first.
  ///   - services: what is served.
  ///   - configuration: the limits.
  ///   - logger: gets what goes wrong, and who runs into limits.
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
    self.logger = logger.safe
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

  /// Serves until it is asked to end, and returns when all is over.
  ///
  /// A cancelled task, a service group that shuts down gracefully, and ``stop()`` ask for the same. A
  /// cancellation that comes while the server drains already ends the grace period: so does a
  /// service group that has waited long enough.
  ///
  /// - Throws: ``ServerError`` when the address cannot be bound, a certificate or key does not work,
  ///   or the server ran before.
  public func run() async throws(ServerError) {
    try start()
    await withTaskCancellationOrGracefulShutdownHandler {
      await stopRequested.wait()
    } onCancelOrGracefulShutdown: {
      self.stop()
    }
    // Draining must go on although this task is cancelled: it waits in a task of its own.
    let draining = Task { await drain() }
    let isCancelled = Task.isCancelled
    await withTaskCancellationHandler {
      await draining.value
    } onCancel: {
      if !isCancelled { graceOver.signal() }
    }
  }

  /// Asks the server to drain and end; returns at once.
  public func stop() { stopRequested.signal() }

  /// Waits until the server accepts calls, or has ended.
  ///
  /// - Returns: the port that it listens on; nil for unix sockets, in-process servers, and a
  ///   server that has ended.
  public func waitUntilStarted() async -> Int? {
    await started.wait()
    return running?.port
  }

  /// Connections at this moment, those still in their handshake among them.
  ///
  /// Costs a system call for each. A connection counts until core has closed it, which it does not
  /// do before the last of its calls is over. 0 when the server does not accept by itself: in
  /// process, and before and after it runs.
  public var connectionCount: Int {
    running?.core.listener?.connectionCount ?? 0
  }

  /// What there is while the server runs.
  private var running: Running? {
    state.withLock { state in
      if case .running(let running) = state { running } else { nil }
    }
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
    var pollers: [Poller] = []
    do throws(ServerError) {
      for _ in 0..<configuration.queues {
        pollers.append(try Poller(threads: configuration.threadsPerQueue))
      }
      return try serve(on: pollers)
    } catch {
      for poller in pollers { poller.close() }
      Task { [pollers] in for poller in pollers { await poller.join() } }
      throw error
    }
  }

  private func serve(on pollers: [Poller]) throws(ServerError) -> Running {
    let credentials = try address == nil ? nil : ServerCredentials(security)
    let listener = try makeListener()
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
      pointer: pointer, listener: listener, credentials: credentials,
      logger: logger, configuration: configuration)
    var acceptors: [(ServedMethod, UnsafeMutableRawPointer?)] = []
    for method in methods {
      guard
        let handle = cgrpc_server_register_method(pointer, method.path, method.readsMessage)
      else {
        throw ServerError(.invalidConfiguration, "Method \(method.path) cannot be registered.")
      }
      let isOpen = configuration.openServices.contains(method.service)
      acceptors.append((ServedMethod(method, within: interceptors, isOpen: isOpen), handle))
    }
    acceptors.append((ServedMethod(.unknown, within: interceptors), nil))
    try credentials?.protect(pointer)
    cgrpc_server_start(pointer)
    listener?.start(serving: pointer)
    for poller in pollers {
      for (method, handle) in acceptors {
        let acceptor = MethodAcceptor(method, handle: handle, server: core, poller: poller)
        for _ in 0..<configuration.requestedCallsPerMethod { acceptor.requestCall() }
      }
    }
    let reloader = credentials.map {
      CertificateReloader($0, every: configuration.certificateReloadInterval, logger: logger)
    }
    return Running(core: core, pollers: pollers, reloader: reloader, port: listener?.port)
  }

  private var methods: [RPCMethod] {
    let methods = services.flatMap(\.methods)
    return configuration.countsUnfinishedRequests
      ? methods.map(\.arrivingBeforeRequest) : methods
  }

  /// Connections are accepted by us, not by core; nil: there are none.
  private func makeListener() throws(ServerError) -> SocketListener? {
    guard let address else { return nil }
    if let danger = SocketListener.danger(
      at: address, isGuarded: cgrpc_library_is_guarded(), isAccepted: configuration.servesUnguarded)
    {
      throw danger
    }
    return try SocketListener(
      address: address, configuration: configuration, logger: logger)
  }

  private var arguments: ChannelArguments {
    var arguments = ChannelArguments()
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
    for service in services { service.serverWillStop() }
    running.reloader?.stop()
    running.core.listener?.stop()
    let grace = Task { [graceOver, configuration] in
      try await Task.sleep(for: configuration.shutdownGrace)
      graceOver.signal()
    }
    await running.core.shutDown(on: first, graceOver: graceOver)
    grace.cancel()
    for poller in running.pollers { poller.close() }
    for poller in running.pollers { await poller.join() }
    state.withLock { $0 = .stopped }
  }

  // MARK: - In process

  /// The running C server, for a channel of this process.
  func withRunningCore<Result>(
    _ body: (ServerCore) throws(ServerError) -> Result
  ) throws(ServerError) -> Result {
    guard let core = running?.core else {
      throw ServerError(.invalidState, "The server does not run: a channel needs it running.")
    }
    return try body(core)
  }
}
