internal import Glibc
internal import HummingbirdCore
public import JobCloning
public import Logging
internal import NIOCore
internal import NIOExtras
internal import NIOPosix
internal import NIOSSL
internal import Safeguards
public import ServiceLifecycle

/// The HTTP endpoint of a ``DiskObjectStorage``'s presigned URLs.
///
/// On the URL of an upload it answers PUT: `200` means that the content is stored durably, any other
/// status that nothing was stored. On the URL of a download it answers GET and HEAD, whole or, with
/// a `Range` header of one range, in part. It speaks HTTP/1.1, over TLS when it is given
/// certificates.
///
/// Connections beyond the limit end the longest silent one. One upload of a content is received at a
/// time; others of the same content wait for it, and are compared with it.
public struct UploadServer: Service {
  /// Where an upload server listens and what it allows a client.
  public struct Configuration: Sendable {
    /// The address or host name to listen on.
    public var host: String
    /// The port; 0 lets the system choose one.
    public var port: Int
    /// A connection is closed when for so long nothing of an upload, or no whole header, arrives.
    public var idleTimeout: Duration
    /// How many connections there may be at once; one more ends the longest silent one, or waits.
    public var maximumConnections: Int
    /// How many bytes of unfinished uploads may lie on the disk.
    ///
    /// What would be more is refused with 503 and `Retry-After`; a single upload is always received.
    public var maximumUnfinishedBytes: Int64 = 16 << 30
    /// How long transfers may go on when the server is asked to stop.
    public var shutdownGrace: Duration = .seconds(10)
    /// What the server proves itself with; nil serves without TLS.
    public var certificates: UploadCertificateFiles?
    /// How slowly bodies may pass.
    var pace = TransferPace()

    /// A configuration with the service's defaults (clone-semantics §4).
    public init(
      host: String = "127.0.0.1", port: Int = 50052, idleTimeout: Duration = .seconds(30),
      maximumConnections: Int = 256
    ) {
      self.host = host
      self.port = port
      self.idleTimeout = idleTimeout
      self.maximumConnections = maximumConnections
    }
  }

  private let storage: DiskObjectStorage
  private let configuration: Configuration
  private let clock: any WallClock
  private let logger: Logger
  private let onListening: @Sendable (_ port: Int) async -> Void

  /// A server for a storage's uploads and downloads; it listens once it runs.
  ///
  /// - Parameters:
  ///   - storage: where contents go, and whose keys made the URLs.
  ///   - configuration: address and limits.
  ///   - clock: what tells whether a URL has expired.
  ///   - logger: gets a line for each upload and download, never a URL or a signature.
  ///   - onListening: called with the bound port once connections are accepted.
  public init(
    storage: DiskObjectStorage, configuration: Configuration = Configuration(),
    clock: any WallClock = SystemClock(), logger: Logger,
    onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
  ) {
    self.storage = storage
    self.configuration = configuration
    self.clock = clock
    self.logger = logger.safe
    self.onListening = onListening
  }

  /// Serves until the task is cancelled, which breaks transfers off, or until the service group
  /// shuts down gracefully, which lets them finish.
  ///
  /// - Throws: `StoreError` with `.misconfigured` when the address cannot be listened on or a value
  ///   of the configuration is out of its range, and with `.unavailable` when the system takes the
  ///   listening socket away.
  public func run() async throws {
    try Configuration.ranges.validate(configuration)
    let connections = UploadConnections()
    let quiescing = ServerQuiescingHelper(group: MultiThreadedEventLoopGroup.singleton)
    let certificates = try configuration.certificates.map { files throws(StoreError) in
      try UploadCertificates(files, logger: logger)
    }
    let listener = try await listen(
      with: connections, quiescing: quiescing, certificates: certificates)
    let grace = TimeAmount(configuration.shutdownGrace)
    try await withTaskCancellationHandler {
      try await withGracefulShutdownHandler {
        await announce(listener)
        try await listener.closeFuture.get()
        await connections.waitForAll()
      } onGracefulShutdown: {
        quiescing.initiateShutdown(promise: nil)
        listener.eventLoop.scheduleTask(in: grace) { connections.cancelAll() }
      }
    } onCancel: {
      listener.close(promise: nil)
      connections.cancelAll()
    }
    guard Task.isCancelled || Task.isShuttingDownGracefully else {
      throw StoreError(.unavailable, "the listening socket for uploads was closed")
    }
  }

  private func listen(
    with connections: UploadConnections, quiescing: ServerQuiescingHelper,
    certificates: UploadCertificates?
  ) async throws(StoreError) -> any Channel {
    let maximumConnections = configuration.maximumConnections
    let table = connections.table
    let (makeHTTP, frameworkLogger, logger) = (makeHTTP, frameworkLogger, logger)
    do {
      return try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelOption(.backlog, value: 256)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        // One by one, so that the limit of connections is asked before each.
        .serverChannelOption(.maxMessagesPerRead, value: 1)
        .serverChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandlers([
              ConnectionAdmission(maximum: maximumConnections, table: table, logger: logger),
              quiescing.makeServerChannelHandler(channel: channel),
            ])
          }
        }
        .childChannelOption(.allowRemoteHalfClosure, value: true)
        // Without it the system takes megabytes for a slow client, who then seems to stand still.
        .childChannelOption(.tcpOption(Self.unsentBytesLimit), value: 128 << 10)
        .childChannelInitializer { channel in
          let connection = ServedConnection(channel)
          table.add(connection)
          let http = makeHTTP(connection)
          return Self.secure(channel, with: certificates).flatMap {
            http.setup(channel: channel, logger: frameworkLogger)
          }.map { value in
            let starter = ConnectionStarter {
              connections.start { await http.handle(value: value, logger: frameworkLogger) }
            }
            do {
              try channel.pipeline.syncOperations.addHandler(starter, position: .first)
            } catch {
              // The channel is closed already, which does not need an active one.
              starter.startOnce()
            }
          }
        }
        .bind(host: configuration.host, port: configuration.port).get()
    } catch {
      let address = "\(configuration.host):\(configuration.port)"
      throw StoreError(.misconfigured, "cannot listen for uploads on \(address)", cause: error)
    }
  }

  /// Begins a connection with TLS, unless there are no certificates.
  private static func secure(
    _ channel: any Channel, with certificates: UploadCertificates?
  ) -> EventLoopFuture<Void> {
    guard let certificates else { return channel.eventLoop.makeSucceededVoidFuture() }
    return channel.eventLoop.makeFutureWithTask {
      await certificates.context()
    }.flatMapThrowing { context in
      try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
    }
  }

  /// How many bytes the system takes for a connection beyond those that it has sent.
  private static let unsentBytesLimit = NIOBSDSocket.Option(rawValue: TCP_NOTSENT_LOWAT)

  /// Makes what serves one connection.
  private var makeHTTP: @Sendable (ServedConnection) -> HTTP1Channel {
    let pace = configuration.pace
    let idleTimeout = configuration.idleTimeout
    let responder = ContentResponder(
      check: GrantCheck(storage: storage, clock: clock),
      receiver: UploadReceiver(
        storage: storage, pace: pace, queue: UploadQueue(),
        unfinished: UnfinishedBytes(limit: configuration.maximumUnfinishedBytes), logger: logger),
      sender: ContentSender(storage: storage, pace: pace, logger: logger), logger: logger)
    return { connection in
      HTTP1Channel(
        responder: { request, writer, _ in
          try await responder.respond(to: request, with: writer, on: connection)
        },
        configuration: .init(
          additionalChannelHandlers: [ConnectionMonitor(connection, idleTimeout: idleTimeout)]))
    }
  }

  /// The framework's own messages: never below info, where it may print what a client sent.
  private var frameworkLogger: Logger {
    var logger = logger
    logger.logLevel = max(logger.logLevel, .info)
    return logger
  }

  private func announce(_ listener: any Channel) async {
    let port = listener.localAddress?.port ?? configuration.port
    let scheme = configuration.certificates == nil ? "http" : "https"
    storage.listening(on: "\(scheme)://\(urlHost):\(port)")
    logger.info("listening for uploads", metadata: ["host": "\(urlHost)", "port": "\(port)"])
    await onListening(port)
  }

  /// The host as a URL names it; an address that means every interface becomes the loopback one.
  private var urlHost: String {
    switch configuration.host {
    case "0.0.0.0": "127.0.0.1"
    case "::": "[::1]"
    case let host where host.contains(":"): "[\(host)]"
    default: configuration.host
    }
  }
}
