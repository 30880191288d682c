internal import NIOCore
internal import NIOHTTPTypes

/// Notes what a connection is doing, and ends it when its client is silent for too long.
///
/// It sees whole headers only: one that trickles in does not count as activity.
final class ConnectionMonitor: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let connection: ServedConnection
  private let idleTimeout: Duration
  private var requests = 0
  private var timer: Scheduled<Void>?

  /// A handler for a connection.
  ///
  /// - Parameter idleTimeout: how long a client may send nothing while it is its turn.
  init(_ connection: ServedConnection, idleTimeout: Duration) {
    self.connection = connection
    self.idleTimeout = idleTimeout
  }

  func handlerAdded(context: ChannelHandlerContext) { schedule(in: idleTimeout, context) }

  func handlerRemoved(context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head:
      if requests == 0 { connection.beginRequest() }
      requests += 1
    case .body(let bytes): connection.pass(bytes.readableBytes)
    case .end: connection.endRequest()
    }
    context.fireChannelRead(data)
  }

  func write(
    context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
  ) {
    if case .end = unwrapOutboundIn(data) {
      requests = max(0, requests - 1)
      connection.enter(requests == 0 ? .waiting : .answering)
    }
    context.write(data, promise: promise)
  }

  private func schedule(in time: Duration, _ context: ChannelHandlerContext) {
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { [self] in
      timer = nil
      let (phase, silence) = connection.standing
      let isClientsTurn = phase == .waiting || phase == .receiving
      if isClientsTurn, silence >= idleTimeout { return context.close(promise: nil) }
      // Not sooner than a millisecond: the rest of a rounded time is no time.
      let rest = isClientsTurn ? idleTimeout - silence : idleTimeout
      schedule(in: max(rest, .milliseconds(1)), context)
    }
  }
}
