import CoreGRPC
import JobClient
import JobCloning
import JobMessages
import JobService
import JobServiceTesting
import ProtobufWire
import XCTest

/// The services that tell the official clients where things are.
final class DirectoryServiceTests: XCTestCase {
  private func call<Reply: Message>(
    _ path: String, _ request: some Message, _ client: ProjectJobClient
  ) async throws -> Reply {
    let reply = try await client.channel.unary(path, request.serializedBytes())
    return try Reply(serializedBytes: reply.message)
  }

  func testAllEndpointsOfTheOfficialSDKAreListed() async throws {
    try await withInProcessServer(ApiEndpointService(allAt: "host:1")) { client in
      let all: ListApiEndpointsResponse = try await self.call(
        "/yandex.cloud.endpoint.ApiEndpointService/List", ListApiEndpointsRequest(), client)
      XCTAssertEqual(
        all.endpoints, ["datasphere", "iam", "operation"].map { .init(id: $0, address: "host:1") })
      XCTAssertEqual(all.nextPageToken, "")
    }
  }

  func testOneEndpointIsFoundByItsID() async throws {
    let service = ApiEndpointService(addresses: ["iam": "a:1", "operation": "b:2"])
    try await withInProcessServer(service) { client in
      let path = "/yandex.cloud.endpoint.ApiEndpointService/Get"
      let found: ApiEndpoint = try await self.call(
        path, GetApiEndpointRequest.with { $0.apiEndpointID = "operation" }, client)
      XCTAssertEqual(found, ApiEndpoint(id: "operation", address: "b:2"))
      let error = await failure {
        let _: ApiEndpoint = try await self.call(path, GetApiEndpointRequest(), client)
      }
      XCTAssertEqual(error?.code, .notFound)
    }
  }

  func testAProjectTellsItsCommunityToThoseWhoMayReadIt() async throws {
    struct Hidden: Authorizer {
      func mayRead(projectID: String, as principal: Principal) -> Bool { projectID != "hidden" }
      func mayCreate(projectID: String, as principal: Principal) -> Bool { false }
    }
    let cloner = JobCloner(
      store: InMemoryJobStore(), objects: InMemoryObjectStorage(), authorizer: Hidden())
    let service = ProjectService(cloner: cloner, communityID: { "community of \($0)" })
    try await withInProcessServer(service) { client in
      let path = "/yandex.cloud.datasphere.v2.ProjectService/Get"
      let project: Project = try await self.call(
        path, GetProjectRequest.with { $0.projectID = "p1" }, client)
      XCTAssertEqual(project.id, "p1")
      XCTAssertEqual(project.communityID, "community of p1")
      for (id, code) in [("hidden", StatusCode.notFound), ("", .invalidArgument)] {
        let error = await failure {
          let _: Project = try await self.call(
            path, GetProjectRequest.with { $0.projectID = id }, client)
        }
        XCTAssertEqual(error?.code, code)
      }
    }
  }
}
