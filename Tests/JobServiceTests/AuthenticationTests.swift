import CoreGRPC
import InMemoryLogging
import JobClient
import JobCloning
import JobMessages
import JobService
import JobServiceTesting
import Logging
import ProtobufWire
import Safeguards
import XCTest

/// Who gets in, what others are told, and what nobody gets to see (clone-semantics §4, §5).
final class AuthenticationTests: XCTestCase {
  /// Knows the tokens `token-of-<id>`.
  private static let authenticator = CustomAuthentication { credentials in
    guard let token = credentials.bearerToken else {
      throw AuthenticationError(.missing, "no bearer token")
    }
    guard token.hasPrefix("token-of-") else {
      struct OutOfOrder: Error {}
      if token == "nobody-answers" { throw OutOfOrder() }
      throw AuthenticationError(.refused, "unknown bearer token")
    }
    return Principal(id: String(token.dropFirst("token-of-".count)))
  }

  private let log = InMemoryLogHandler()

  private func withClient<Result: Sendable>(
    _ fixture: Fixture = Fixture(), rights: OwnProjects = OwnProjects(),
    exempting exempt: Set<String> = [HealthService.name],
    _ body: (ProjectJobClient) async throws -> Result
  ) async throws -> Result {
    let cloner = JobCloner(store: fixture.store, objects: fixture.objects, authorizer: rights)
    let interceptor = ServerInterceptor.authentication(
      Self.authenticator, exempting: exempt,
      logger: Logger(label: "test") { [log] _ in log })
    return try await withInProcessServer(
      ProjectJobService(cloner: cloner), OperationService(cloner: cloner),
      HealthService(services: [ProjectJobService.name]), interceptors: [interceptor]
    ) { try await body($0) }
  }

  private func client(_ client: ProjectJobClient, _ header: String) -> ProjectJobClient {
    var client = client
    client.metadata.add(header, forKey: "authorization")
    return client
  }

  func testWhoShowsNothingUsableIsUnauthenticated() async throws {
    try await withClient { client in
      let headers: [[String]] = [
        [], ["Bearer"], ["Bearer "], ["token-of-a"], ["Basic token-of-a"],
        ["Bearer secret-guess"], ["Bearer token-of-a x"],
        ["Bearer token-of-a", "Bearer token-of-b"],
      ]
      for header in headers {
        var stranger = client
        for value in header { stranger.metadata.add(value, forKey: "authorization") }
        for path in ["\(ProjectJobService.name)/Get", "nobody.Service/Nothing"] {
          let error = await failure {
            try await stranger.channel.unary("/" + path, [UInt8](), metadata: stranger.metadata)
          }
          XCTAssertEqual(error?.code, .unauthenticated, "\(header) \(path)")
          XCTAssertNotNil(error?.initialMetadata["x-request-id"])
          XCTAssertEqual(error?.initialMetadata.values(forKey: "x-request-id").count, 1)
        }
      }
      let lines = log.entries.map { "\($0.message) \($0.metadata)" }
      XCTAssertEqual(lines.count, headers.count * 2, "a line for each refused call")
      XCTAssertFalse(lines.joined().contains("secret-guess"))
      XCTAssertFalse(lines.joined().contains("token-of"))
    }
  }

  func testAForgedPathIsOneHarmlessValueInTheLog() async throws {
    let forgery =
      "/x\n2026-01-01T00:00:00+0000 critical jobs: FORGED\u{1B}[2J peer=ipv4:6.6.6.6?key=hunter2"
    try await withClient { client in
      let error = await failure { try await client.channel.unary(forgery, [UInt8]()) }
      XCTAssertEqual(error?.code, .unauthenticated)
    }
    XCTAssertEqual(
      log.entries.map { $0.metadata["method"] },
      ["other /x_2026-01-01T00:00:00+0000_critical_jobs:_FORGED_[2J_peer=ipv4:6.6.6.6"])
  }

  func testAFloodOfRefusedCallersHasTheAllowanceOfTheLogger() async throws {
    let start = ContinuousClock.now
    let logger = Logger(label: "test") { [log] _ in
      SafeLogHandler(log, allowance: LogAllowance(lines: 20) { start })
    }
    let path = "/" + String(repeating: "x", count: 8_000)
    try await withInProcessServer(
      HealthService(services: []),
      interceptors: [.authentication(Self.authenticator, logger: logger)]
    ) { client in
      for _ in 0..<500 {
        let error = await failure { try await client.channel.unary(path, [UInt8]()) }
        XCTAssertEqual(error?.code, .unauthenticated)
      }
    }
    XCTAssertEqual(log.entries.count, 20)
    let bytes = log.entries.reduce(0) { $0 + "\($1.message) \($1.metadata)".utf8.count }
    XCTAssertLessThan(bytes, 20 * 500)
  }

  func testTheSchemeIsCaseInsensitive() async throws {
    try await withClient { client in
      for scheme in ["Bearer", "bearer", "BEARER"] {
        let page = try await self.client(client, "\(scheme) token-of-a").jobs(
          .with { $0.projectID = "a" })
        XCTAssertEqual(page.jobs, [])
      }
    }
  }

  func testAnAuthenticatorThatDoesNotAnswerIsUnavailableWithoutInitialMetadata() async throws {
    try await withClient { client in
      let error = await failure {
        try await self.client(client, "Bearer nobody-answers").job(id: "x")
      }
      XCTAssertEqual(error?.code, .unavailable)
      XCTAssertEqual(error?.initialMetadata.isEmpty, true)
    }
  }

  func testHealthNeedsNoCredentialsUnlessItShould() async throws {
    let path = "/grpc.health.v1.Health/Check"
    try await withClient { client in
      _ = try await client.channel.unary(path, [UInt8]())
    }
    try await withClient(exempting: []) { client in
      let error = await failure { try await client.channel.unary(path, [UInt8]()) }
      XCTAssertEqual(error?.code, .unauthenticated)
    }
  }

  func testJobsAndOperationsAreTheCallers() async throws {
    try await withClient(rights: OwnProjects(shared: "p1")) { client in
      let alice = self.client(client, "Bearer token-of-alice")
      let bob = self.client(client, "Bearer token-of-bob")
      let source = try await Fixture.makeJob(alice)
      let operation = try await bob.clone(.with { $0.sourceJobID = source })
      XCTAssertEqual(operation.createdBy, "bob")
      let response = try XCTUnwrap(operation.unpacked(CloneProjectJobResponse.self))
      let clone = try await alice.job(id: response.jobID)
      XCTAssertEqual(clone.createdByID, "bob")
      let original = try await bob.job(id: source)
      XCTAssertEqual(original.createdByID, "alice")
      let own = try await bob.jobs(
        .with {
          $0.projectID = "p1"
          $0.filter = "created_by_id = \"bob\""
        })
      XCTAssertEqual(own.jobs.map(\.id), [response.jobID])
    }
  }

  func testIdempotencyKeysOfTwoCallersDoNotMeet() async throws {
    try await withClient(rights: OwnProjects(shared: "p1")) { client in
      let alice = self.client(client, "Bearer token-of-alice")
      let bob = self.client(client, "Bearer token-of-bob")
      let first = try await alice.create(Fixture.creation, idempotencyKey: "key")
      let second = try await bob.create(Fixture.creation, idempotencyKey: "key")
      XCTAssertNotEqual(first.id, second.id)
    }
  }

  func testIDsOfOthersAnswerExactlyAsIDsThatDoNotExist() async throws {
    try await withClient { client in
      let alice = self.client(client, "Bearer token-of-alice")
      let bob = self.client(client, "Bearer token-of-bob")
      var creation = Fixture.creation
      creation.projectID = "alice"
      let operation = try await alice.create(creation)
      let job = try XCTUnwrap(operation.unpacked(CreateProjectJobResponse.self)).jobID
      let calls: [(String, (String) async throws -> Void)] = [
        (job, { _ = try await bob.job(id: $0) }),
        (job, { id in _ = try await bob.clone(.with { $0.sourceJobID = id }) }),
        (operation.id, { _ = try await bob.operation(id: $0) }),
        (operation.id, { _ = try await bob.cancelOperation(id: $0) }),
        ("alice", { project in _ = try await bob.jobs(.with { $0.projectID = project }) }),
        (
          "alice",
          { project in
            var creation = Fixture.creation
            creation.projectID = project
            _ = try await bob.create(creation)
          }
        ),
      ]
      for (index, (id, call)) in calls.enumerated() {
        let absent = String(repeating: "z", count: id.count)
        let hidden = await failure { try await call(id) }
        let missing = await failure { try await call(absent) }
        XCTAssertEqual(hidden?.code, .notFound, "call \(index)")
        XCTAssertEqual(
          hidden?.message, missing?.message.replacing(absent, with: id), "call \(index)")
        XCTAssertEqual(hidden?.details.count, missing?.details.count, "call \(index)")
      }
      // What is somebody else's stays as it was.
      let page = try await alice.jobs(.with { $0.projectID = "alice" })
      XCTAssertEqual(page.jobs.map(\.id), [job])
    }
  }

  func testContentOfAnotherProjectCountsAsAbsent() async throws {
    let fixture = Fixture()
    let content = ContentID(sha256: String(repeating: "a", count: 64), sizeBytes: 10)
    fixture.objects.add(content, in: "alice")
    try await withClient(fixture) { client in
      for name in ["alice", "bob"] {
        var creation = Fixture.creation
        creation.projectID = name
        creation.jobParameters?.inputFiles = [
          .with {
            $0.desc = FileDesc(path: "data.txt")
            $0.sha256 = content.sha256
            $0.sizeBytes = content.sizeBytes
          }
        ]
        let operation = try await self.client(client, "Bearer token-of-\(name)").create(creation)
        let response = try XCTUnwrap(operation.unpacked(CreateProjectJobResponse.self))
        XCTAssertEqual(response.uploadFiles.count, name == "alice" ? 0 : 1, name)
      }
    }
  }
}

/// Everyone may do everything in the project that is called as they are, and in a shared one.
private struct OwnProjects: Authorizer {
  var shared = ""

  func mayRead(projectID: String, as principal: Principal) -> Bool {
    projectID == principal.id || projectID == shared
  }

  func mayCreate(projectID: String, as principal: Principal) -> Bool {
    projectID == principal.id || projectID == shared
  }
}
