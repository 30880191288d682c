internal import CGRPCShim
internal import Synchronization

/// One unary call of a client.
final class ClientCall: CompletionTarget, @unchecked Sendable {
  // SAFETY: `call` is destroyed in deinit, when no task and no operation under way retains this
  // object; cancelling is allowed from any thread, everything else happens before the start or
  // after the one event.

  typealias Outcome = Result<GRPCChannel.UnaryResponse, RPCError>

  private let call: OpaquePointer
  /// Retained so that the queue outlives the call.
  private let poller: Poller
  private let continuation = Mutex<CheckedContinuation<Outcome, Never>?>(nil)

  init(_ call: OpaquePointer, poller: Poller) {
    self.call = call
    self.poller = poller
  }

  deinit { cgrpc_call_destroy(call) }

  /// Encodes the request straight into the memory that core will send.
  func setRequest(_ request: some RPCPayload) {
    let size = request.byteCount
    let memory = cgrpc_call_allocate_message(call, size)
    // SAFETY: C hands out `size` bytes that stay until the call starts.
    request.write(into: UnsafeMutableRawBufferPointer(start: memory, count: size))
  }

  /// Sends the request and waits for the answer; once.
  func run(metadata: Metadata) async -> Outcome {
    await withCheckedContinuation { continuation in
      self.continuation.withLock { $0 = continuation }
      let result = metadata.flat.withUnsafeBufferPointer { flat in
        // SAFETY: C copies the metadata before it returns.
        start { cgrpc_call_start_unary(call, flat.baseAddress, flat.count, $0) }
      }
      switch result {
      case CGRPC_OK: break
      case CGRPC_CLOSED: resume(.failure(RPCError(.unavailable, "The channel is closed.")))
      default:
        resume(.failure(RPCError(.internalError, "The request's metadata is invalid.")))
      }
    }
  }

  func cancel() { cgrpc_call_cancel(call) }

  override func complete(_ event: cgrpc_event) { resume(outcome()) }

  private func resume(_ outcome: Outcome) {
    let waiter = continuation.withLock { waiter in
      defer { waiter = nil }
      return waiter
    }
    waiter?.resume(returning: outcome)
  }

  private func outcome() -> Outcome {
    let initial = metadata(
      size: cgrpc_call_initial_metadata_size, copy: cgrpc_call_copy_initial_metadata)
    var trailing = metadata(
      size: cgrpc_call_trailing_metadata_size, copy: cgrpc_call_copy_trailing_metadata)
    let code = StatusCode(rawValue: Int(cgrpc_call_status(call)))
    guard code != .ok else {
      guard cgrpc_call_has_message(call), let message = message() else {
        return .failure(RPCError(.internalError, "The reply carries no readable message."))
      }
      return .success(
        GRPCChannel.UnaryResponse(
          message: message, initialMetadata: initial, trailingMetadata: trailing))
    }
    let details = trailing.bytes(forKey: "grpc-status-details-bin") ?? []
    trailing.removeAll(forKey: "grpc-status-details-bin")
    return .failure(
      RPCError(
        code, statusMessage(), details: details, initialMetadata: initial,
        trailingMetadata: trailing))
  }

  private func statusMessage() -> String {
    var length = 0
    let text = cgrpc_call_status_message(call, &length)
    // SAFETY: C's pointer lives as long as the call.
    return String(decoding: UnsafeRawBufferPointer(start: text, count: length), as: UTF8.self)
  }

  private func message() -> [UInt8]? {
    let size = cgrpc_call_message_size(call)
    var isCopied = true
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      // SAFETY: the buffer has the size that C asked for, and C fills all of it.
      isCopied = size == 0 || cgrpc_call_copy_message(call, buffer.baseAddress)
      count = isCopied ? size : 0
    }
    return isCopied ? bytes : nil
  }

  private func metadata(
    size: (OpaquePointer) -> Int, copy: (OpaquePointer, UnsafeMutablePointer<UInt8>) -> Void
  ) -> Metadata {
    let size = size(call)
    guard size > 0 else { return Metadata() }
    return Metadata(
      flat: [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        // SAFETY: the buffer has the size that C asked for, and C fills all of it.
        if let start = buffer.baseAddress { copy(call, start) }
        count = size
      })
  }
}
