internal import CGRPCShim
internal import Logging
internal import Synchronization

/// Accepts the connections of a server, and hands them to core once they speak HTTP/2 or TLS.
///
/// Core's own listener never accepts again after the process ran out of descriptors, and knows no
/// limit of connections; this one leaves what it cannot take in the kernel's queue and comes back.
final class SocketListener: @unchecked Sendable {
  // SAFETY: `pointer` is set once and destroyed in deinit; C's functions may be called from any
  // thread, except for start and stop, which `isStopped`'s lock keeps apart. The C side's thread
  // holds an unowned pointer to `reporter`, which lives as long as this object, and deinit joins it.

  private let pointer: OpaquePointer
  private let reporter: ListenerReporter
  private let isStopped = Mutex(false)

  /// Binds the address and listens; connections wait in the kernel's queue until the start.
  init(
    address: String, configuration: ServerConfiguration, logger: Logger
  ) throws(ServerError) {
    let reporter = ListenerReporter(address: address, logger: logger)
    var options = cgrpc_listener_options()
    options.maximum_connections = configuration.maximumConnections
    options.calls_to_disconnect = configuration.callsToDisconnect
    options.header_block_bytes = configuration.headerBlockBytes
    options.connection_bytes = configuration.connectionBytes
    options.server_bytes = configuration.maximumServerBytes
    options.maximum_given_up_calls = configuration.maximumCancelledCalls
    options.given_up_calls_milliseconds = 30_000
    options.stall_milliseconds = configuration.stallMilliseconds
    options.preface_timeout_milliseconds = Int32(
      clamping: configuration.handshakeTimeoutMilliseconds)
    options.send_timeout_milliseconds = Int32(
      clamping: configuration.keepaliveTimeout.wholeMilliseconds)
    options.unix_mode = configuration.unixSocketMode
    // SAFETY: see above; the callback borrows the reporter and keeps no retain.
    options.context = Unmanaged.passUnretained(reporter).toOpaque()
    options.report = { context, kind, problem in
      guard let context else { return }
      Unmanaged<ListenerReporter>.fromOpaque(context).takeUnretainedValue()
        .report(kind, problem: problem)
    }
    var problem: Int32 = 0
    guard let pointer = cgrpc_listener_create(address, &options, &problem) else {
      let reason = String(cString: cgrpc_bind_problem_text(problem))
      throw ServerError(.bindFailed, "Cannot listen on \(address): \(reason).")
    }
    self.pointer = pointer
    self.reporter = reporter
  }

  deinit { cgrpc_listener_destroy(pointer) }

  /// Why the address must not be served when the listener does not see what core reads; nil: it may.
  static func danger(at address: String, isGuarded: Bool, isAccepted: Bool) -> ServerError? {
    let isLocal = ["unix:", "127.", "localhost:", "[::1]:"].contains { address.hasPrefix($0) }
    guard !isGuarded, !isAccepted, !isLocal else { return nil }
    return ServerError(
      .invalidConfiguration,
      "Address \(address) is not served: this library is not part of the executable, so it cannot "
        + "limit what peers send before a call exists. Link it into the executable, or put a proxy "
        + "that does in front and set servesUnguarded.")
  }

  /// The port bound; nil for a unix socket.
  var port: Int? {
    let port = Int(cgrpc_listener_port(pointer))
    return port > 0 ? port : nil
  }

  /// Connections at this moment, those whose first bytes are awaited among them.
  var connectionCount: Int { cgrpc_listener_connection_count(pointer) }

  /// Starts to accept for a started C server, which must live until ``stop()`` has returned.
  func start(serving server: OpaquePointer) {
    isStopped.withLock { isStopped in
      if !isStopped { cgrpc_listener_start(pointer, server) }
    }
  }

  /// Closes the address and the connections not handed over yet; again is no harm.
  ///
  /// It waits for the listener's thread, which is at most in the middle of one turn and blocks
  /// nowhere. Connections handed over live on, and their peers stay known.
  func stop() {
    isStopped.withLock { isStopped in
      guard !isStopped else { return }
      isStopped = true
      cgrpc_listener_stop(pointer)
    }
  }

  /// Says whether calls that have not begun are refused, as the server stops; else core tells their
  /// callers that they were cancelled.
  func setRefusing(_ isRefusing: Bool) { cgrpc_listener_set_refusing(pointer, isRefusing) }

  /// Ends the connections that were handed over, whatever their peers do.
  func endConnections() { cgrpc_listener_end_connections(pointer) }

  /// What is known of the connection of a call, while the call is not destroyed.
  struct CallOrigin {
    /// Tells a connection from all others that have calls.
    typealias ID = Int32

    /// The connection.
    let connection: ID
    /// The peer's address, in core's form.
    let peer: String
    /// Calls on the connection when this one had arrived, this one among them.
    let callCount: Int
  }

  /// Notes a call that arrived; nil when its connection is none of this listener's.
  ///
  /// ``callEnded(_:)`` must follow before the call is destroyed: until then, and no longer, the
  /// connection's number is its own, see cgrpc.h.
  func callBegan(_ call: OpaquePointer, isOpen: Bool) -> CallOrigin? {
    guard let name = cgrpc_call_peer(call) else { return nil }
    defer { cgrpc_string_free(name) }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
      // SAFETY: C terminates what it writes into the buffer, and stays within its size.
      guard let start = buffer.baseAddress else { return nil }
      var connection: Int32 = 0
      let count = cgrpc_listener_begin_call(
        pointer, name, isOpen, &connection, start, buffer.count)
      guard count > 0 else { return nil }
      return CallOrigin(connection: connection, peer: String(cString: start), callCount: count)
    }
  }

  /// Notes that a call holds so many bytes more, or with a negative number fewer; in the end none.
  ///
  /// The connection is shut down if that is too much.
  func hold(_ bytes: Int, for origin: CallOrigin) {
    cgrpc_listener_hold(pointer, origin.connection, Int64(bytes))
  }

  /// Whether the connections hold more than they may together.
  var isFull: Bool { cgrpc_listener_is_full(pointer) }

  /// Notes that a call lacks nothing but its status while the server stops; true when that is true of
  /// all calls of its connection: then ``isFlushed(_:)`` has to be, before the status leaves.
  func callEnds(_ origin: CallOrigin) -> Bool {
    cgrpc_listener_begin_ending(pointer, origin.connection)
  }

  /// Whether the call is its connection's only one, and the peer has all that was written.
  func isFlushed(_ origin: CallOrigin) -> Bool {
    cgrpc_listener_is_flushed(pointer, origin.connection)
  }

  /// Notes that a call is over, and whether ``callEnds(_:)`` was called for it; true when too many of
  /// its connection were given up, which therefore was shut down just now.
  func callEnded(
    _ origin: CallOrigin, isOpen: Bool, wasEnding: Bool, wasGivenUp: Bool
  ) -> Bool {
    cgrpc_listener_end_call(pointer, origin.connection, isOpen, wasEnding, wasGivenUp)
  }
}

/// Writes down why a listener leaves connections waiting, and which it ends.
private final class ListenerReporter: Sendable {
  /// Why connections were ended, and by which limit, for each kind that means it.
  private static let ended: [UInt32: (fault: String, limit: String)] = [
    CGRPC_LISTENER_STALLED.rawValue:
      ("whose requests do not arrive", "maximumRequestTime"),
    CGRPC_LISTENER_GREEDY.rawValue:
      ("on which too many calls had begun", "maximumConcurrentStreams"),
    CGRPC_LISTENER_HEADER_BLOCK.rawValue: ("with endless metadata", "maximumMetadataSize"),
    CGRPC_LISTENER_CONTROL_FRAMES.rawValue:
      ("that brought too many frames without content", "frames"),
    CGRPC_LISTENER_CONNECTION_BYTES.rawValue:
      ("that held too many bytes", "maximumConnectionBytes"),
    CGRPC_LISTENER_SERVER_BYTES.rawValue:
      ("that held most of too many bytes", "maximumServerBytes"),
  ]

  private let address: String
  private let logger: Logger

  init(address: String, logger: Logger) {
    self.address = address
    self.logger = logger
  }

  func report(_ kind: cgrpc_listener_report, problem: Int32) {
    if let (fault, limit) = Self.ended[kind.rawValue] {
      return logger.warning(
        "connections were ended \(fault)",
        metadata: ["address": "\(address)", "limit": "\(limit)"])
    }
    let reason =
      kind == CGRPC_LISTENER_FULL
      ? "The limit of connections is reached."
      : String(cString: cgrpc_bind_problem_text(problem))
    var metadata: Logger.Metadata = ["address": "\(address)", "reason": "\(reason)"]
    if kind == CGRPC_LISTENER_FULL { metadata["limit"] = "maximumConnections" }
    logger.warning("connections wait to be accepted", metadata: metadata)
  }
}
