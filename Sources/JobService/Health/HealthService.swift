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

  /// A health service that vouches for these services, by full name, and for the server as a whole.
  public init(services: [String]) { self.init(registry: HealthRegistry(services: services)) }

  /// A health service that tells what the registry says.
  public init(registry: HealthRegistry) { self.registry = registry }

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
      .serverStreaming(Self.name, "Watch") { [registry] (request: HealthCheckRequest, replies, _) in
        var last: HealthRegistry.Report?
        for await report in registry.watch(request.service) where report != last {
          try await replies.write(HealthCheckResponse.with { $0.status = report })
          last = report
        }
        try Task.checkCancellation()
        throw RPCError(.unavailable, "The server is stopping.")
      },
    ]
  }

  /// Lets nothing be serving any more, and ends those who watch.
  public func serverWillStop() { registry.drain() }
}
