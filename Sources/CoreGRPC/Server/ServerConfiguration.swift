internal import Foundation

/// What an operator may want to set of a server; the defaults are safe.
///
/// Each number and each time has a range, beyond which no server is made.
public struct ServerConfiguration: Sendable {
  /// Completion queues, each with threads of its own; one is the cheapest on few cores.
  public var queues = 1
  /// Threads that poll each queue and run handlers.
  ///
  /// By default one for each core, and at most four: with more than one, a connection or a handler that
  /// keeps its thread busy holds up nobody else.
  public var threadsPerQueue = ServerConfiguration.defaultThreads
  /// Calls of each method asked for in advance on each queue: what core buffers of a burst.
  public var requestedCallsPerMethod = 16
  /// The largest request in bytes; beyond it calls fail with RESOURCE_EXHAUSTED.
  public var maximumRequestSize = 4 << 20
  /// The largest reply in bytes; beyond it calls fail with RESOURCE_EXHAUSTED.
  ///
  /// By default as much as gRPC clients take by default.
  public var maximumReplySize = 4 << 20
  /// Calls at once in the server; beyond it calls fail with RESOURCE_EXHAUSTED.
  public var maximumConcurrentCalls = 10_000
  /// Calls at once on one connection.
  ///
  /// Core makes clients that acknowledged the limit wait. A peer that did not gets
  /// RESOURCE_EXHAUSTED beyond twice as many, and loses its connection beyond twenty times. Calls that
  /// have only begun count, too.
  public var maximumConcurrentStreams = 100
  /// Unary calls of one connection that are handled at a time; the others wait for their turn.
  ///
  /// nil: all that are not refused.
  /// Choose less when handlers are short and heavy: one connection then keeps neither all threads busy
  /// nor much memory, however much it asks for. With ``countsUnfinishedRequests`` any number is
  /// handled at a time.
  public var maximumHandlersPerConnection: Int?
  /// Full names of services that anybody may call without proof of who they are, as in
  /// `grpc.health.v1.Health`.
  ///
  /// Their calls have a share of their own, ``maximumOpenCalls``, and a connection that has no other
  /// call is the first to give way when there are too many connections.
  public var openServices: Set<String> = ["grpc.health.v1.Health"]
  /// Calls of ``openServices`` at once in the server; beyond it they fail with RESOURCE_EXHAUSTED.
  public var maximumOpenCalls = 200
  /// Bytes that one connection may hold beyond one request and one reply of the largest size, before
  /// it is ended.
  ///
  /// Held are the requests of its calls, from their first byte to the end of the call, and the replies
  /// that its peer has not taken yet; a call itself counts as 16 KiB, and each piece in which data
  /// arrives as 4 KiB.
  public var maximumConnectionBytes = 32 << 20
  /// Bytes that all connections may hold together, counted alike.
  ///
  /// Beyond it new calls fail with RESOURCE_EXHAUSTED, and the connection that holds most is ended,
  /// one after the other until the rest is within the limit.
  public var maximumServerBytes = 512 << 20
  /// Whether addresses of other machines are served although the server does not see what core reads.
  ///
  /// The limits of what peers send before a call exists need gRPC core to read through functions of
  /// this library, which is so when the library is part of the executable. Where it is part of a
  /// library that another program loads, the server refuses to listen on other addresses than
  /// loopback ones and unix sockets; set this when a proxy in front limits what peers send.
  public var servesUnguarded = false
  /// How long calls under way may go on when the server is asked to stop, before they are
  /// cancelled.
  public var shutdownGrace: Duration = .seconds(10)
  /// How long a connection may take to become one, in milliseconds.
  public var handshakeTimeoutMilliseconds = 10_000

  /// Connections at once of the address; those beyond wait in the kernel's queue.
  ///
  /// The default leaves room for files and databases under the usual limit of 1,024 descriptors.
  public var maximumConnections = 800
  /// How long a connection may go without a call before it is closed; nil: for ever.
  ///
  /// Clients connect again with their next call.
  public var maximumConnectionIdle: Duration? = .seconds(300)
  /// How long a request may take to arrive when it is the only thing that a connection does, before
  /// the connection is ended; nil: for ever.
  ///
  /// A connection without a call is idle at first, and a request that does not arrive shows when it
  /// is not closed as such: the time is counted from twice ``maximumConnectionIdle``, without which
  /// there is no limit. Calls that go on, and requests of streams, are a matter of deadlines.
  public var maximumRequestTime: Duration? = .seconds(60)
  /// Whether a call counts from its first header on, and not only when its request has arrived.
  ///
  /// Off, core keeps calls without their request to itself, and each unary call is one event cheaper.
  /// They take about 12 KB each, and a connection with more than twenty times
  /// ``maximumConcurrentStreams`` of them is ended either way. On, the server also refuses those
  /// beyond its other limits, and ``maximumRequestTime`` holds for each request.
  public var countsUnfinishedRequests = false
  /// Calls that a client may give up on one connection within 30 seconds, before it is ended; 0: any
  /// number.
  ///
  /// Calls without a reply at their deadline do not count unless they had less than a second.
  public var maximumCancelledCalls = 1_000
  /// How old a connection may become before its client is told to make a new one; nil: any age.
  ///
  /// With it, clients spread over the servers behind a load balancer again.
  public var maximumConnectionAge: Duration?
  /// How long calls may go on when their connection has reached its maximum age; nil: to their end.
  public var maximumConnectionAgeGrace: Duration?
  /// How long a connection with calls may be silent before the peer is asked whether it is alive.
  public var keepaliveTime: Duration = .seconds(60)
  /// How long its answer may take, and how long a peer may leave what was sent to it unread.
  public var keepaliveTimeout: Duration = .seconds(20)
  /// How often a client may ask whether the server is alive while it has a call and no data flows.
  ///
  /// A tenth less is allowed: a client that asks just as often is at times a little early.
  public var minimumPingInterval: Duration = .seconds(10)
  /// How many pings may come too early before the connection is closed; 0: any number.
  public var maximumPingStrikes = 2
  /// The most metadata of a request in bytes, each entry counted with 32 bytes beyond key and value.
  ///
  /// Beyond it calls fail with RESOURCE_EXHAUSTED.
  public var maximumMetadataSize = 16 << 10
  /// How often the files of certificates and keys are looked at for a change.
  ///
  /// Connections go on; those that come later get the new certificate.
  public var certificateReloadInterval: Duration = .seconds(10)
  /// The permissions of a unix socket's file.
  public var unixSocketMode: UInt32 = 0o600

  /// The defaults.
  public init() {}

  private static var defaultThreads: Int {
    min(max(ProcessInfo.processInfo.activeProcessorCount, 1), 4)
  }
}
