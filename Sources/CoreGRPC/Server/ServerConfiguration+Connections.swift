extension ServerConfiguration {
  private var connectionTimes: [(name: String, argument: String, time: Duration?)] {
    [
      ("maximumConnectionIdle", "grpc.max_connection_idle_ms", maximumConnectionIdle),
      ("maximumConnectionAge", "grpc.max_connection_age_ms", maximumConnectionAge),
      ("maximumConnectionAgeGrace", "grpc.max_connection_age_grace_ms", maximumConnectionAgeGrace),
      ("keepaliveTime", "grpc.keepalive_time_ms", keepaliveTime),
      ("keepaliveTimeout", "grpc.keepalive_timeout_ms", keepaliveTimeout),
      (
        "minimumPingInterval", "grpc.http2.min_ping_interval_without_data_ms",
        minimumPingInterval * 9 / 10
      ),
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
  var handlersPerConnection: Int { maximumHandlersPerConnection ?? maximumConcurrentStreams }

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

  func validateConnectionLimits() throws(ServerError) {
    for (name, _, time) in connectionTimes {
      guard let time else { continue }
      guard (1...Int(Int32.max)).contains(time.wholeMilliseconds) else {
        throw ServerError(
          .invalidConfiguration,
          "\(name) is \(time); it must be between 1 ms and \(Int32.max) ms.")
      }
    }
    if let time = maximumRequestTime, time < .milliseconds(1) {
      throw ServerError(
        .invalidConfiguration, "maximumRequestTime is \(time); it must be at least 1 ms.")
    }
    guard (0...Int(Int32.max)).contains(maximumCancelledCalls) else {
      throw ServerError(
        .invalidConfiguration,
        "maximumCancelledCalls is \(maximumCancelledCalls); it must be between 0 and "
          + "\(Int32.max).")
    }
    guard certificateReloadInterval >= .milliseconds(1) else {
      throw ServerError(
        .invalidConfiguration,
        "certificateReloadInterval is \(certificateReloadInterval); it must be at least 1 ms.")
    }
    guard (0...Int(Int32.max)).contains(maximumPingStrikes) else {
      throw ServerError(
        .invalidConfiguration,
        "maximumPingStrikes is \(maximumPingStrikes); it must be between 0 and \(Int32.max).")
    }
    guard unixSocketMode <= 0o777 else {
      throw ServerError(
        .invalidConfiguration,
        "unixSocketMode is 0o\(String(unixSocketMode, radix: 8)); it must be at most 0o777.")
    }
  }

  /// Tells core how long connections live and what their peers may do.
  ///
  /// A time that is nil stays core's default: for ever.
  func setConnectionLimits(in arguments: inout ChannelArguments) {
    for (_, argument, time) in connectionTimes {
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
