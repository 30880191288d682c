internal import CGRPCShim
internal import Synchronization

/// One unary call of a client.
final class ClientCall: CompletionTarget, @unchecked Sendable {
  // SAFETY: `core` is destroyed in deinit, when no task and no operation under way retains this
  // object; cancelling is allowed from any thread, everything else happens before the start or
  // after the one event.

  typealias Outcome = Result<GRPCChannel.UnaryResponse, RPCError>

  private let core: CoreCall
  /// Retained so that the queue outlives the call.
  private let poller: Poller
  private let continuation = Mutex<CheckedContinuation<Outcome, Never>?>(nil)

  init(_ call: OpaquePointer, poller: Poller) {
    self.core = CoreCall(pointer: call)
    self.poller = poller
  }

  deinit { core.destroy() }

  /// Sends the request and waits for the answer; once.
  func run(_ request: some RPCPayload, metadata: Metadata) async -> Outcome {
    _ = core.setMessage(request)
    return await withCheckedContinuation { continuation in
      self.continuation.withLock { $0 = continuation }
      let result = metadata.flat.withUnsafeBufferPointer { flat in
        // SAFETY: C copies the metadata before it returns.
        start { cgrpc_call_start_unary(core.pointer, flat.baseAddress, flat.count, $0) }
      }
      if let error = RPCError(startOf: result) { resume(.failure(error)) }
    }
  }

  func cancel() { core.cancel() }

  override func complete(_ event: cgrpc_event) { resume(outcome()) }

  private func resume(_ outcome: Outcome) {
    let waiter = continuation.withLock { waiter in
      defer { waiter = nil }
      return waiter
    }
    waiter?.resume(returning: outcome)
  }

  private func outcome() -> Outcome {
    if let error = core.status() { return .failure(error) }
    guard core.hasMessage else {
      return .failure(RPCError(.internalError, "The reply carries no message."))
    }
    do throws(RPCError) {
      return .success(
        GRPCChannel.UnaryResponse(
          message: try core.takeMessage(limit: GRPCChannel.maximumReplySize),
          initialMetadata: core.initialMetadata, trailingMetadata: core.trailingMetadata))
    } catch {
      return .failure(error)
    }
  }
}

extension RPCError {
  /// Why an operation of a client did not start, or nil if it did.
  init?(startOf result: cgrpc_result) {
    switch result {
    case CGRPC_OK: return nil
    case CGRPC_CLOSED: self.init(.unavailable, "The channel is closed.")
    default: self.init(.internalError, "The request's metadata is invalid.")
    }
  }
}
