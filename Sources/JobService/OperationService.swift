public import CoreGRPC
public import JobCloning
internal import JobMessages

/// `yandex.cloud.operation.OperationService`: shows what became of a call.
public struct OperationService: GRPCService {
  /// The full name of the service.
  public static let name = "yandex.cloud.operation.OperationService"

  private let cloner: JobCloner

  /// The service over this domain.
  public init(cloner: JobCloner) { self.cloner = cloner }

  /// Get and Cancel.
  public var methods: [RPCMethod] {
    [
      .unary(Self.name, "Get") { [cloner] (request: GetOperationRequest, context) in
        try await cloner.operation(request, for: context.principal)
      },
      .unary(Self.name, "Cancel") { [cloner] (request: CancelOperationRequest, context) in
        try await cloner.cancel(request, for: context.principal)
      },
    ]
  }
}
