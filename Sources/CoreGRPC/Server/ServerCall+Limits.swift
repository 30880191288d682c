internal import CGRPCShim
internal import Synchronization

/// What a call may take and bring.
extension ServerCall {
  /// What the call is refused with because it is beyond a limit, which is reported; nil: it is served.
  ///
  /// Core has the limits of a connection too, but holds a peer to them only once it has acknowledged
  /// them, which a hostile one never does.
  func refusalForLimits() -> RPCError? {
    let configuration = server.configuration
    if let limitReached {
      return refusal(limitReached, "The server has too many calls under way.")
    }
    if hasTooMuchMetadata {
      return refusal(
        .metadataSize,
        "The request's metadata exceeds \(configuration.maximumMetadataSize) bytes.")
    }
    if server.listener?.isFull == true {
      return refusal(.serverBytes, "The server holds too much of requests and replies.")
    }
    guard let origin, origin.callCount > configuration.callsToRefuse else { return nil }
    return refusal(.concurrentStreams, "The connection has too many calls.")
  }

  /// The message that arrived, inflated.
  func takeMessage() throws(RPCError) -> [UInt8] {
    do throws(RPCError) {
      return try core.takeMessage(limit: server.configuration.maximumRequestSize)
    } catch  where error.code == .resourceExhausted {
      throw refusal(.requestSize, error.message)
    }
  }

  /// Encodes a message for core to send, and refuses one beyond the limit of replies, whose memory
  /// goes with the call.
  func setMessage(_ message: some RPCPayload) throws(RPCError) {
    let limit = server.configuration.maximumReplySize
    let size = core.setMessage(message)
    hold(size)
    guard size > limit else { return }
    throw refusal(.replySize, "The reply takes \(size) bytes, and the limit is \(limit).")
  }

  /// Counts bytes that wait for the peer to take them.
  func hold(_ bytes: Int) {
    guard let origin else { return }
    heldBytes.add(bytes, ordering: .relaxed)
    server.listener?.hold(bytes, for: origin)
  }

  /// Takes note that nothing waits for the peer any more.
  func holdNothing() {
    guard let origin else { return }
    let bytes = heldBytes.exchange(0, ordering: .relaxed)
    if bytes > 0 { server.listener?.hold(-bytes, for: origin) }
  }

  /// Says that a request took too long to arrive.
  func requestTimeExceeded(_ time: Duration) -> RPCError {
    server.limits.report(.requestTime, peer: origin?.peer ?? core.peer)
    return RPCError(.deadlineExceeded, "The request did not arrive within \(time).")
  }

  /// Whether the peer gave the call up, rather than have waited for its answer in vain.
  ///
  /// Core does not tell of a reset that comes between the request and a reply given at once: that
  /// call has cost what it costs anyway.
  var wasGivenUp: Bool {
    guard cgrpc_call_was_cancelled(core.pointer) else { return false }
    // Whoever allows less than a second hardly wants an answer.
    return timeAllowed < 1_000_000_000 || cgrpc_call_remaining_nanoseconds(core.pointer) > 0
  }

  private func refusal(_ limit: LimitLog.Limit, _ message: String) -> RPCError {
    server.limits.report(limit, peer: origin?.peer ?? core.peer)
    return RPCError(.resourceExhausted, message)
  }
}
