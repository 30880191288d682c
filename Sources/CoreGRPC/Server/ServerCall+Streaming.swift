internal import CGRPCShim
internal import Synchronization

/// The messages of a streaming call, one at a time in each direction.
extension ServerCall {
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
    let outcome = await receiving.pass { startReceive() }
    return try outcome.get()
  }

  /// Handles the event of a receive.
  ///
  /// Core reports the end of a call that was cancelled like a half-close, and what is missing must
  /// not pass for complete. So the end is asked for once more: that second event passes behind the
  /// cancellation through core, whose flag is set by then if there was one.
  func messageReceived(_ event: cgrpc_event) {
    guard event.ok else { return receiving.complete(.failure(.callerIsGone)) }
    guard !core.hasMessage else {
      let isCompressed = core.isMessageCompressed
      return receiving.complete(
        Result { () throws(RPCError) in
          ReceivedMessage(bytes: try takeMessage(), isCompressed: isCompressed)
        })
    }
    if !hasSeenEnd {
      hasSeenEnd = true
      if let failure = startReceive() { receiving.complete(failure) }
      return
    }
    receiving.complete(
      cgrpc_call_was_cancelled(core.pointer) ? .failure(.callerIsGone) : .success(nil))
  }

  /// Asks for a message; what comes of it at once when there can be none.
  func startReceive() -> Result<ReceivedMessage?, RPCError>? {
    state.withLock { state in
      do throws(RPCError) {
        try state.checkReceive()
      } catch {
        return .failure(error)
      }
      let result = start { cgrpc_call_start_receive(core.pointer, $0) }
      return result == CGRPC_OK ? nil : .failure(.callerIsGone)
    }
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
      // Encoded outside of the lock, into memory that goes with the call if it is not sent.
      do throws(RPCError) {
        if let message { try setMessage(message) }
      } catch {
        return .failure(error)
      }
      return startSend(context, hasMessage: message != nil, isCompressible: isCompressible)
    }
    try outcome.get()
  }

  /// Sends the message that was set for the reply, and returns when the kernel has it; false when
  /// nobody waits for it any more.
  func sendReply(_ context: ServerCallContext) async -> Bool {
    let outcome = await sending.pass {
      startSend(context, hasMessage: true, isCompressible: true, waitsUntilWritten: true)
    }
    if case .success = outcome { return true }
    return false
  }

  /// Sends a step; what comes of it at once when there is nothing to wait for.
  private func startSend(
    _ context: ServerCallContext, hasMessage: Bool, isCompressible: Bool,
    waitsUntilWritten: Bool = false
  ) -> Result<Void, RPCError>? {
    state.withLock { state in
      let step: ServerCallState.Step
      do throws(RPCError) {
        step = try state.step(hasMessage: hasMessage)
      } catch {
        return .failure(error)
      }
      if case .nothing = step { return .success(()) }
      let result = context.initialMetadata.withHeaders(
        compressionLevel: context.compression.level
      ) { headers in
        // SAFETY: C copies the headers before it returns.
        var send = cgrpc_send()
        if case .withHeaders = step { send.headers = headers }
        send.has_message = hasMessage
        send.is_left_uncompressed = !isCompressible
        send.waits_until_written = waitsUntilWritten
        return start { cgrpc_call_start_send(core.pointer, &send, $0) }
      }
      switch result {
      case CGRPC_OK:
        state.stepStarted()
        return nil
      case CGRPC_CLOSED: return .failure(.callerIsGone)
      default: return .failure(RPCError(.internalError, "The reply's metadata is invalid."))
      }
    }
  }
}
