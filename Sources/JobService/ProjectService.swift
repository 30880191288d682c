public import CoreGRPC
public import JobCloning
internal import JobMessages
internal import ProtobufWire

/// `yandex.cloud.datasphere.v2.ProjectService`: tells of a project what links to its jobs need.
///
/// Get alone is served. Projects are made elsewhere: whatever project the caller may read exists.
public struct ProjectService: GRPCService {
  /// The full name of the service.
  public static let name = "yandex.cloud.datasphere.v2.ProjectService"

  private let cloner: JobCloner
  private let communityID: @Sendable (String) -> String

  /// The service over this domain.
  ///
  /// - Parameters:
  ///   - cloner: knows who may read which project.
  ///   - communityID: the community of the project with an id.
  public init(
    cloner: JobCloner, communityID: @escaping @Sendable (String) -> String = { _ in "default" }
  ) {
    self.cloner = cloner
    self.communityID = communityID
  }

  /// Get.
  public var methods: [RPCMethod] {
    [
      .unary(Self.name, "Get") { [cloner, communityID] (request: GetProjectRequest, context) in
        try await cloner.requireProject(request.projectID, for: context.principal)
        return Project.with {
          $0.id = request.projectID
          $0.name = request.projectID
          $0.communityID = communityID(request.projectID)
        }
      }
    ]
  }
}
