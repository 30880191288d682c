public import CoreGRPC
internal import JobMessages
internal import ProtobufWire

/// `grpc.health.v1.Health`: tells load balancers and people which services may be called.
///
/// When the server begins to stop nothing is serving any more, and whoever watches hears it before
/// the connection goes.
public struct HealthService: GRPCService {
  /// The full name of the service.
  public static let name = "grpc.health.v1.Health"

  /// What is told; change it at any time.
  public let registry: HealthRegistry
  /// How many may watch at once; more are refused, so that checks are always answered.
  public static let maximumWatchers = 150

  private let watchTime: Duration

  /// A health service that vouches for these services, by full name, and for the server as a whole.
  public init(services: [String]) { self.init(registry: HealthRegistry(services: services)) }

  /// A health service that tells what the registry says.
  ///
  /// - Parameters:
  ///   - registry: what is told.
  ///   - watchTime: how long one may watch before one has to ask again, so that nobody holds a place for
  ///     ever; clients do so by themselves.
  public init(registry: HealthRegistry, watchTime: Duration = .seconds(600)) {
    self.registry = registry
    self.watchTime = watchTime
  }

  /// Check and Watch.
  public var methods: [RPCMethod] {
    [
      .unary(Self.name, "Check") { [registry] (request: HealthCheckRequest, _) in
        guard let status = registry.status(of: request.service) else {
          throw RPCError(.notFound, "This server does not know the service.")
        }
        return HealthCheckResponse.with {
          $0.status = status == .serving ? .serving : .notServing
        }
      },
      .serverStreaming(Self.name, "Watch") {
        [registry, watchTime] (request: HealthCheckRequest, replies, _) in
        try await Self.watch(request.service, of: registry, for: watchTime, replies)
      },
    ]
  }

  private static func watch(
    _ service: String, of registry: HealthRegistry, for time: Duration,
    _ replies: MessageReplies<HealthCheckResponse>
  ) async throws {
    guard registry.watcherCount < maximumWatchers else {
      throw RPCError(.resourceExhausted, "Too many watch the server's health.")
    }
    let reports = registry.watch(service)
    let isDraining = try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        var last: HealthRegistry.Report?
        for await report in reports where report != last {
          try await replies.write(HealthCheckResponse.with { $0.status = report })
          last = report
        }
        return true
      }
      group.addTask {
        try await Task.sleep(for: time)
        return false
      }
      defer { group.cancelAll() }
      return try await group.next() ?? true
    }
    try Task.checkCancellation()
    throw RPCError(
      .unavailable, isDraining ? "The server is stopping." : "Watching takes \(time): ask again.")
  }

  /// Lets nothing be serving any more, and ends those who watch.
  public func serverWillStop() { registry.drain() }
}
