extension ServerConfiguration {
  private var connectionTimes: [(argument: String, time: Duration?)] {
    [
      ("grpc.max_connection_idle_ms", maximumConnectionIdle),
      ("grpc.max_connection_age_ms", maximumConnectionAge),
      ("grpc.max_connection_age_grace_ms", maximumConnectionAgeGrace),
      ("grpc.keepalive_time_ms", keepaliveTime),
      ("grpc.keepalive_timeout_ms", keepaliveTimeout),
      ("grpc.http2.min_ping_interval_without_data_ms", minimumPingInterval * 9 / 10),
    ]
  }

  /// Calls on one connection beyond which more are refused.
  ///
  /// Core holds a peer to `maximumConcurrentStreams` only once it acknowledged that setting. Twice
  /// as many, because a call ends for its peer a moment before it does here.
  var callsToRefuse: Int { 2 * maximumConcurrentStreams }

  /// Calls on one connection, refused ones that the peer does not read among them, beyond which the
  /// connection is ended: no client goes so far in good faith.
  var callsToDisconnect: Int { 20 * maximumConcurrentStreams }

  /// Unary calls of one connection that are handled at a time.
  var handlersPerConnection: Int {
    get { maximumHandlersPerConnection ?? callsToRefuse }
    set { maximumHandlersPerConnection = newValue }
  }

  /// What one connection may hold, one request and one reply of the largest size included.
  var connectionBytes: Int { maximumConnectionBytes + maximumRequestSize + maximumReplySize }

  /// The longest header block that a connection may send: core refuses calls with more metadata than
  /// the limit by a status, as long as it can be read.
  var headerBlockBytes: Int { max(2 * maximumMetadataSize, 128 << 10) }

  /// How long a connection may have no call that has arrived; 0: for ever.
  ///
  /// Core looks for idle connections once in ``maximumConnectionIdle``, so one may be nearly twice as
  /// old when it is closed. What is older has a call of which only a part has arrived.
  var stallMilliseconds: Int32 {
    guard let idle = maximumConnectionIdle, let request = maximumRequestTime else { return 0 }
    return Int32(clamping: (idle * 2 + request).wholeMilliseconds)
  }

  /// Tells core how long connections live and what their peers may do.
  ///
  /// A time that is nil stays core's default: for ever.
  func setConnectionLimits(in arguments: inout ChannelArguments) {
    for (argument, time) in connectionTimes {
      if let time { arguments.set(argument, time.wholeMilliseconds) }
    }
    arguments.set("grpc.http2.max_ping_strikes", maximumPingStrikes)
    arguments.set("grpc.max_metadata_size", maximumMetadataSize)
  }
}

extension Duration {
  /// Milliseconds, rounded up, as far as they fit.
  var wholeMilliseconds: Int {
    let (seconds, attoseconds) = components
    let (product, isTooLong) = Int(seconds).multipliedReportingOverflow(by: 1000)
    guard !isTooLong else { return seconds < 0 ? .min : .max }
    let rest = Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    let (sum, isOver) = product.addingReportingOverflow(rest)
    return isOver ? .max : sum
  }
}
