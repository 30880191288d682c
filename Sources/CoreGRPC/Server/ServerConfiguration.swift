/// What an operator may want to set of a server; the defaults are safe.
public struct ServerConfiguration: Sendable {
  /// Completion queues, each with threads of its own; one is the cheapest on few cores.
  public var queues = 1
  /// Threads that poll each queue and run handlers.
  public var threadsPerQueue = 1
  /// Calls of each method asked for in advance on each queue: what core buffers of a burst.
  public var requestedCallsPerMethod = 16
  /// The largest request in bytes; beyond it calls fail with RESOURCE_EXHAUSTED.
  public var maximumRequestSize = 4 << 20
  /// Calls at once in the server; beyond it calls fail with RESOURCE_EXHAUSTED.
  public var maximumConcurrentCalls = 10_000
  /// Calls at once on one connection.
  public var maximumConcurrentStreams = 100
  /// How long calls under way may go on when the server is asked to stop, before they are
  /// cancelled.
  public var shutdownGrace: Duration = .seconds(10)
  /// How long a connection may take to become one, in milliseconds.
  public var handshakeTimeoutMilliseconds = 10_000

  /// The defaults.
  public init() {}

  /// Throws when a value cannot work.
  func validate() throws(ServerError) {
    let positive = [
      ("queues", queues), ("threadsPerQueue", threadsPerQueue),
      ("requestedCallsPerMethod", requestedCallsPerMethod),
      ("maximumRequestSize", maximumRequestSize),
      ("maximumConcurrentCalls", maximumConcurrentCalls),
      ("maximumConcurrentStreams", maximumConcurrentStreams),
      ("handshakeTimeoutMilliseconds", handshakeTimeoutMilliseconds),
    ]
    for (name, value) in positive where value < 1 || value > Int(Int32.max) {
      throw ServerError(
        .invalidConfiguration, "\(name) is \(value); it must be between 1 and \(Int32.max).")
    }
  }
}
