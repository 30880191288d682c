internal import Safeguards

extension ServerConfiguration {
  /// What core takes for a time.
  private static let times: ClosedRange<Duration> = .milliseconds(1) ... .milliseconds(Int32.max)
  /// What core takes for a number.
  private static let numbers = 1...Int(Int32.max)

  /// What each number and each time may be.
  static let ranges: [ConfigurationRange<Self>] = [
    .init("queues", \.queues, 1...64),
    .init("threadsPerQueue", \.threadsPerQueue, 1...256),
    .init("requestedCallsPerMethod", \.requestedCallsPerMethod, 1...1_024),
    .init("maximumRequestSize", \.maximumRequestSize, numbers),
    .init("maximumReplySize", \.maximumReplySize, numbers),
    .init("maximumConcurrentCalls", \.maximumConcurrentCalls, numbers),
    .init("maximumConcurrentStreams", \.maximumConcurrentStreams, numbers),
    .init("maximumConnectionBytes", \.maximumConnectionBytes, numbers),
    .init("maximumServerBytes", \.maximumServerBytes, 1...Int(Int64.max / 2)),
    .init("maximumHandlersPerConnection", \.handlersPerConnection, numbers),
    .init("maximumOpenCalls", \.maximumOpenCalls, numbers),
    .init("shutdownGrace", \.shutdownGrace, .zero ... .seconds(86_400)),
    .init("handshakeTimeoutMilliseconds", \.handshakeTimeoutMilliseconds, numbers),
    .init("maximumConnections", \.maximumConnections, numbers),
    .init("maximumConnectionIdle", \.maximumConnectionIdle, times),
    .init("maximumRequestTime", \.maximumRequestTime, times),
    .init("maximumCancelledCalls", \.maximumCancelledCalls, 0...Int(Int32.max)),
    .init("maximumConnectionAge", \.maximumConnectionAge, times),
    .init("maximumConnectionAgeGrace", \.maximumConnectionAgeGrace, times),
    .init("keepaliveTime", \.keepaliveTime, times),
    .init("keepaliveTimeout", \.keepaliveTimeout, times),
    .init("minimumPingInterval", \.minimumPingInterval, times),
    .init("maximumPingStrikes", \.maximumPingStrikes, 0...Int(Int32.max)),
    .init("maximumMetadataSize", \.maximumMetadataSize, numbers),
    .init("certificateReloadInterval", \.certificateReloadInterval, times),
    .init("unixSocketMode", \.unixSocketMode, 0...0o777),
  ]

  /// Throws when a value cannot work.
  func validate() throws(ServerError) {
    if let fault = Self.ranges.fault(in: self) {
      throw ServerError(.invalidConfiguration, fault)
    }
  }
}
