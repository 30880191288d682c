internal import CGRPCShim
internal import Synchronization

/// The messages of a streaming call, one at a time in each direction.
extension ServerCall {
  static let goneError = RPCError(.cancelled, "The caller is gone.")

  /// A message that arrived.
  struct ReceivedMessage: Sendable {
    let bytes: [UInt8]
    let isCompressed: Bool
  }

  // MARK: - Receiving

  /// The next message, or nil after the last; returns when one is there.
  ///
  /// Nothing is read ahead: a handler that does not ask lets the peer's window fill up.
  func receive() async throws(RPCError) -> ReceivedMessage? {
    let outcome = await receiving.pass {
      let result = state.withLock { state in
        guard case .running = state else { return CGRPC_CLOSED }
        return startReceive()
      }
      return result == CGRPC_OK ? nil : .failure(Self.goneError)
    }
    return try outcome.get()
  }

  /// Handles the event of a receive.
  ///
  /// Core reports the end of a call that was cancelled like a half-close, and what is missing must
  /// not pass for complete. So the end is asked for once more: that second event passes behind the
  /// cancellation through core, whose flag is set by then if there was one.
  func messageReceived(_ event: cgrpc_event) {
    guard event.ok else { return receiving.complete(.failure(Self.goneError)) }
    guard !core.hasMessage else {
      let isCompressed = core.isMessageCompressed
      do throws(RPCError) {
        let bytes = try core.takeMessage(limit: server.configuration.maximumRequestSize)
        receiving.complete(.success(ReceivedMessage(bytes: bytes, isCompressed: isCompressed)))
      } catch {
        receiving.complete(.failure(error))
      }
      return
    }
    if !hasSeenEnd {
      hasSeenEnd = true
      if state.withLock({ _ in startReceive() }) == CGRPC_OK { return }
    }
    receiving.complete(
      cgrpc_call_was_cancelled(core.pointer) ? .failure(Self.goneError) : .success(nil))
  }

  private func startReceive() -> cgrpc_result {
    start { cgrpc_call_start_receive(core.pointer, $0) }
  }

  // MARK: - Sending

  /// Sends initial metadata now, unless it went out before.
  func sendHeaders(_ context: ServerCallContext) async throws(RPCError) {
    try await send(context, message: Optional<[UInt8]>.none)
  }

  /// Sends a message, and returns when the peer's window has room again.
  func send<Message: RPCPayload>(
    _ context: ServerCallContext, message: Message?, isCompressible: Bool = true
  ) async throws(RPCError) {
    let outcome = await sending.pass { () -> Result<Void, RPCError>? in
      if let message { core.setMessage(message) }
      return state.withLock { state in
        guard case .running(var running) = state else { return .failure(Self.goneError) }
        guard message != nil || !running.hasSentHeaders else { return .success(()) }
        switch startSend(
          context, hasMessage: message != nil, isCompressible: isCompressible,
          sendsHeaders: !running.hasSentHeaders)
        {
        case CGRPC_OK:
          running.hasSentHeaders = true
          state = .running(running)
          return nil
        case CGRPC_CLOSED: return .failure(Self.goneError)
        default: return .failure(RPCError(.internalError, "The reply's metadata is invalid."))
        }
      }
    }
    try outcome.get()
  }

  private func startSend(
    _ context: ServerCallContext, hasMessage: Bool, isCompressible: Bool, sendsHeaders: Bool
  ) -> cgrpc_result {
    context.initialMetadata.withHeaders(compressionLevel: context.compression.level) { headers in
      // SAFETY: C copies the headers before it returns.
      var step = cgrpc_send()
      step.headers = sendsHeaders ? headers : cgrpc_headers()
      step.has_message = hasMessage
      step.is_left_uncompressed = !isCompressible
      return start { cgrpc_call_start_send(core.pointer, &step, $0) }
    }
  }
}
