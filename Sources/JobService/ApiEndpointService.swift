public import CoreGRPC
internal import JobMessages
internal import ProtobufWire

/// `yandex.cloud.endpoint.ApiEndpointService`: tells clients where each service is found.
///
/// The official SDK asks it first, and without credentials. It needs the ids `iam`, for its tokens,
/// `datasphere` and `operation`.
public struct ApiEndpointService: GRPCService {
  /// The full name of the service.
  public static let name = "yandex.cloud.endpoint.ApiEndpointService"

  /// The ids that the official SDK looks up for jobs.
  public static let officialIDs = ["datasphere", "iam", "operation"]

  private let endpoints: [ApiEndpoint]

  /// A service that tells these addresses, `host:port`, by the ids of services.
  public init(addresses: [String: String]) {
    endpoints = addresses.sorted { $0.key < $1.key }.map { ApiEndpoint(id: $0, address: $1) }
  }

  /// A service that says that everything the official SDK needs for jobs is at one address.
  public init(allAt address: String) {
    self.init(addresses: Dictionary(uniqueKeysWithValues: Self.officialIDs.map { ($0, address) }))
  }

  /// Get and List.
  public var methods: [RPCMethod] {
    [
      .unary(Self.name, "Get") { [endpoints] (request: GetApiEndpointRequest, _) in
        guard let endpoint = endpoints.first(where: { $0.id == request.apiEndpointID }) else {
          throw RPCError(.notFound, "This server does not know the endpoint.")
        }
        return endpoint
      },
      // Paging is deprecated, and there are few.
      .unary(Self.name, "List") { [endpoints] (_: ListApiEndpointsRequest, _) in
        ListApiEndpointsResponse.with { $0.endpoints = endpoints }
      },
    ]
  }
}
