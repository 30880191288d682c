internal import Glibc
internal import Logging
internal import NIOCore

/// Lets in as many connections as a server may have, and makes room for the next one.
///
/// One connection more is accepted and held, unserved, until another ends: the longest silent one is
/// ended for it. Without file descriptors the listener stops to ask for connections for a moment;
/// the system would report the same failure again at once, for ever.
final class ConnectionAdmission: ChannelDuplexHandler {
  typealias InboundIn = any Channel
  typealias InboundOut = any Channel
  typealias OutboundIn = Never
  typealias OutboundOut = Never

  /// How long to wait before room is looked for again, or descriptors.
  private static let pause = TimeAmount.milliseconds(200)
  private static let recoverable: Set<CInt> = [EMFILE, ENFILE, ENOBUFS, ENOMEM]

  private let maximum: Int
  private let table: ConnectionTable
  private let logger: Logger
  private var admitted = 0
  private var held: (any Channel)?
  private var isPaused = false
  private var isReadAsked = false
  private var isFailing = false
  private var isMakingRoom = false

  /// A handler of a listener.
  ///
  /// - Parameters:
  ///   - maximum: how many connections are served at once.
  ///   - table: which connections there are.
  ///   - logger: is told when descriptors run out.
  init(maximum: Int, table: ConnectionTable, logger: Logger) {
    self.maximum = maximum
    self.table = table
    self.logger = logger
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    isFailing = false
    let channel = unwrapInboundIn(data)
    guard admitted >= maximum else { return admit(channel, context) }
    held = channel
    table.evict()
    if !isMakingRoom { retryLater(context) }
  }

  func read(context: ChannelHandlerContext) {
    if held != nil || isPaused {
      isReadAsked = true
    } else {
      context.read()
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let failure = error as? IOError else { return context.fireErrorCaught(error) }
    guard Self.recoverable.contains(failure.errnoCode) else { return }
    let reason: Logger.Metadata = ["reason": "\(SystemError("accept", number: failure.errnoCode))"]
    logger.debug("accept failed", metadata: reason)
    if !isFailing { logger.warning("new connections for uploads wait", metadata: reason) }
    isFailing = true
    table.evict()
    guard !isPaused else { return }
    isPaused = true
    setsAutoRead(false, context)
    context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { [self] in
      isPaused = false
      setsAutoRead(true, context)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    held?.close(promise: nil)
    held = nil
    context.fireChannelInactive()
  }

  /// Turning it off takes the listener out of what the event loop waits for; on asks to read again.
  private func setsAutoRead(_ isOn: Bool, _ context: ChannelHandlerContext) {
    try? context.channel.syncOptions?.setOption(.autoRead, value: isOn)
  }

  private func admit(_ channel: any Channel, _ context: ChannelHandlerContext) {
    admitted += 1
    channel.closeFuture.hop(to: context.eventLoop).assumeIsolated().whenComplete { [self] _ in
      admitted -= 1
      admitHeld(context)
    }
    context.fireChannelRead(wrapInboundOut(channel))
  }

  private func admitHeld(_ context: ChannelHandlerContext) {
    guard let channel = held, admitted < maximum else { return }
    held = nil
    admit(channel, context)
    guard isReadAsked, !isPaused else { return }
    isReadAsked = false
    context.read()
  }

  /// Looks again and again for a connection to end for the one that is held.
  private func retryLater(_ context: ChannelHandlerContext) {
    isMakingRoom = true
    context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { [self] in
      isMakingRoom = false
      guard held != nil else { return }
      table.evict()
      retryLater(context)
    }
  }
}
