internal import CGRPCShim

/// Keeps calls of one method requested from core on one queue, and starts those that arrive.
final class MethodAcceptor: CompletionTarget, @unchecked Sendable {
  // SAFETY: all stored properties are constants; `handle` belongs to the server's core, which
  // outlives every request for a call.

  private let method: ServedMethod
  /// Core's handle of a registered method; nil for all methods that nobody registered.
  private let handle: UnsafeMutableRawPointer?
  private let server: ServerCore
  private let poller: Poller

  init(
    _ method: ServedMethod, handle: UnsafeMutableRawPointer?, server: ServerCore, poller: Poller
  ) {
    self.method = method
    self.handle = handle
    self.server = server
    self.poller = poller
  }

  /// Asks core for one more call, unless the server stops.
  func requestCall() {
    guard server.isAccepting else { return }
    _ = start {
      cgrpc_server_request_call(
        server.pointer, handle, method.serving.readsMessage, poller.queue, $0)
    }
  }

  override func complete(_ event: cgrpc_event) {
    guard let call = event.call else { return }
    guard event.ok else {
      cgrpc_call_destroy(call)
      return
    }
    // First the next one: the handler runs on this thread.
    requestCall()
    ServerCall(call, isOpen: method.isOpen, server: server).run(method, on: poller)
  }
}
