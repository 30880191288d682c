internal import NIOCore

/// Starts what serves a connection once the connection is active, or else when it ends.
///
/// Before that a channel cannot be closed by half, which is how the framework cancels a connection;
/// and one that is never served would end the process (see ``UploadConnections``).
final class ConnectionStarter: ChannelInboundHandler {
  typealias InboundIn = NIOAny

  private var start: (() -> Void)?

  /// A handler that calls `start` once, on the channel's event loop.
  init(_ start: @escaping () -> Void) { self.start = start }

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { startOnce() }
  }

  func channelActive(context: ChannelHandlerContext) {
    startOnce()
    context.fireChannelActive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { startOnce() }

  /// Starts, if nothing has yet.
  func startOnce() {
    start?()
    start = nil
  }
}
