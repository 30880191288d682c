internal import CGRPCShim

/// What a call may take and bring.
extension ServerCall {
  /// Refuses what core would, if it held every peer to its settings: it waits for the peer to
  /// acknowledge them, which a hostile one never does.
  func checkConnectionLimits() throws(RPCError) {
    let configuration = server.configuration
    guard !hasTooMuchMetadata else {
      throw refusal(
        .metadataSize,
        "The request's metadata exceeds \(configuration.maximumMetadataSize) bytes.")
    }
    guard let origin, origin.callCount > configuration.callsToRefuse else { return }
    throw refusal(.concurrentStreams, "The connection has too many calls.")
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
    guard size > limit else { return }
    throw refusal(.replySize, "The reply takes \(size) bytes, and the limit is \(limit).")
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
