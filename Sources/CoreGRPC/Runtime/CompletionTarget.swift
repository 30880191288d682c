internal import CGRPCShim

/// Who gets the events of the operations that it started.
///
/// Core carries an unowned pointer to the target through its queue, so each started operation
/// holds one retain on its target, which the event gives back.
class CompletionTarget: @unchecked Sendable {
  // SAFETY: no stored state here; subclasses say how they protect theirs.

  /// Handles an event; on a poller thread, so it must not block.
  func complete(_ event: cgrpc_event) {}

  /// The context for a C operation, with the retain that the event gives back.
  final func retainedContext() -> UnsafeMutableRawPointer {
    Unmanaged.passRetained(self).toOpaque()
  }

  /// Gives the retain back when the operation was not started after all.
  final func releaseContext() { Unmanaged.passUnretained(self).release() }

  /// Starts an operation whose event comes here; false when the queue or core refused it.
  final func start(
    _ operation: (UnsafeMutableRawPointer) -> cgrpc_result
  ) -> cgrpc_result {
    let result = operation(retainedContext())
    if result != CGRPC_OK { releaseContext() }
    return result
  }

  /// The target of an event, with the operation's retain.
  static func take(from context: UnsafeMutableRawPointer) -> CompletionTarget {
    // SAFETY: every context on our queues comes from retainedContext(), once for each event.
    Unmanaged<CompletionTarget>.fromOpaque(context).takeRetainedValue()
  }
}
