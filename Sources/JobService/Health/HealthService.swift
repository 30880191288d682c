public import CoreGRPC
internal import JobMessages
internal import ProtobufWire

/// `grpc.health.v1.Health`: tells load balancers and people that the server serves.
public struct HealthService: GRPCService {
  /// The full name of the service.
  public static let name = "grpc.health.v1.Health"

  private let services: Set<String>

  /// A health service that vouches for these services, by full name, and for the server as a whole.
  public init(services: [String]) { self.services = Set(services).union(["", Self.name]) }

  /// Check.
  public var methods: [RPCMethod] {
    [
      .unary(Self.name, "Check") { [services] (request: HealthCheckRequest, _) in
        guard services.contains(request.service) else {
          throw RPCError(.notFound, "This server does not know the service.")
        }
        return HealthCheckResponse.with { $0.status = .serving }
      }
    ]
  }
}
