public import CoreGRPC
public import JobCloning
internal import JobMessages

/// `yandex.cloud.datasphere.v2.jobs.ProjectJobService`: makes jobs and shows them.
///
/// Methods of the service that are not listed here answer UNIMPLEMENTED.
public struct ProjectJobService: GRPCService {
  /// The full name of the service.
  public static let name = "yandex.cloud.datasphere.v2.jobs.ProjectJobService"

  private let cloner: JobCloner

  /// The service over this domain.
  public init(cloner: JobCloner) { self.cloner = cloner }

  /// Create, Clone, Get and List.
  public var methods: [RPCMethod] {
    [
      .unary(Self.name, "Create") { [cloner] (request: CreateProjectJobRequest, context) in
        try await cloner.create(request, for: context.caller)
      },
      .unary(Self.name, "Clone") { [cloner] (request: CloneProjectJobRequest, context) in
        try await cloner.clone(request, for: context.caller)
      },
      .unary(Self.name, "Get") { [cloner] (request: GetProjectJobRequest, context) in
        try await cloner.job(request, for: context.principal)
      },
      .unary(Self.name, "List") { [cloner] (request: ListProjectJobRequest, context) in
        try await cloner.list(request, for: context.principal)
      },
    ]
  }
}
