import CoreGRPC
import Foundation
import JobClient
import JobCloning
import JobMessages
import JobService
import JobServiceTesting
import Logging
import ObjectStorageDisk
import ProtobufWire
import ServiceLifecycle
import Synchronization
import XCTest

/// Runs what the articles show.
final class SampleTests: XCTestCase {
  private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
  private static let greet = "/example.Greeter/Greet"

  private static let creation = CreateProjectJobRequest.with {
    $0.projectID = "alice"
    $0.jobParameters = .with {
      $0.cmd = "echo hello"
      $0.cloudInstanceTypes = [CloudInstanceType(name: "c1.4")]
    }
  }

  /// The code that a call fails with.
  private func code<Result>(of call: () async throws -> Result) async -> StatusCode? {
    do {
      _ = try await call()
      return nil
    } catch {
      return (error as? RPCError)?.code
    }
  }

  /// Runs a server on a port, and hands over a channel to it.
  private func serving(
    _ server: GRPCServer, _ body: (GRPCChannel) async throws -> Void
  ) async throws {
    let running = Task { try await server.run() }
    let started = await server.waitUntilStarted()
    let port = try XCTUnwrap(started)
    let channel = try GRPCChannel(plaintextTarget: "127.0.0.1:\(port)")
    try await body(channel)
    await channel.close()
    server.stop()
    try await running.value
  }

  func testTheEmbeddedProgramServesAndStops() async throws {
    let directory = FileManager.default.temporaryDirectory
      .appending(path: "documentation-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let program = try JobProgram(
      directory: directory, address: "127.0.0.1:0", uploads: .init(port: 0))
    let running = Task { try await program.group.run() }
    let started = await program.server.waitUntilStarted()
    let channel = try GRPCChannel(plaintextTarget: "127.0.0.1:\(try XCTUnwrap(started))")
    let created = try await ProjectJobClient(channel: channel).create(Self.creation)
    XCTAssertTrue(created.done)
    await channel.close()
    await program.group.triggerGracefulShutdown()
    try await running.value
  }

  func testServicesOfOnesOwnAndInterceptors() async throws {
    try await serving(localGreeter()) { channel in
      let reply = try await channel.unary(Self.greet, Array("you".utf8))
      XCTAssertEqual(reply.message, Array("Hello, you".utf8))
      XCTAssertNotNil(reply.initialMetadata["x-request-id"])
      let nobody = await code { try await channel.unary(Self.greet, [UInt8]()) }
      XCTAssertEqual(nobody, .invalidArgument)
      let chat = try await channel.stream("/example.Greeter/Chat")
      try await chat.send(Array("hi".utf8))
      try await chat.finishSending()
      let answer = try await chat.receive()
      XCTAssertEqual(answer, Array("hi".utf8))
    }
    // In process the peer is not the loopback address.
    try await withInProcessServer(Greeter(), interceptors: [onlyFromHere]) { client in
      let refused = await code { try await client.channel.unary(Self.greet, Array("me".utf8)) }
      XCTAssertEqual(refused, .permissionDenied)
    }
  }

  func testAServerThatStopsEndsWhatWouldGoOn() async throws {
    try await serveForAWhile([Ticker()])
  }

  func testAccess() async throws {
    XCTAssertThrowsError(try secureServer([Greeter()], tokens: "/nowhere/tokens")) { error in
      XCTAssertTrue(error is StoreError)
    }
    let find: @Sendable (String) async -> String? = { $0 == "secret" ? "alice" : nil }
    let cloner = JobCloner(
      store: InMemoryJobStore(), objects: InMemoryObjectStorage(), authorizer: OwnProject())
    let admitted = Mutex(2)
    try await withInProcessServer(
      ProjectJobService(cloner: cloner),
      interceptors: [
        authenticated(by: find),
        limited { _ in
          admitted.withLock { left in
            left -= 1
            return left >= 0
          }
        },
      ]
    ) { client in
      var alice = client
      alice.metadata = ["authorization": "Bearer secret"]
      let stranger = await code { try await client.create(Self.creation) }
      XCTAssertEqual(stranger, .unauthenticated)
      let own = await code { try await alice.create(Self.creation) }
      XCTAssertNil(own)
      let other = await code {
        var creation = Self.creation
        creation.projectID = "bob"
        return try await alice.create(creation)
      }
      XCTAssertEqual(other, .notFound)
      let more = await code { try await alice.create(Self.creation) }
      XCTAssertEqual(more, .resourceExhausted)
    }
  }

  func testErrors() async throws {
    let cloner = JobCloner(store: InMemoryJobStore(), objects: InMemoryObjectStorage())
    try await withInProcessServer(SmallStore(), ProjectJobService(cloner: cloner)) { client in
      do throws(RPCError) {
        _ = try await client.channel.unary("/example.Store/Put", [UInt8](repeating: 1, count: 1001))
        XCTFail("too much was accepted")
      } catch {
        XCTAssertEqual(error.code, .resourceExhausted)
        XCTAssertEqual(error.trailingMetadata["x-limit"], "1000")
      }
      let problems = try await problems(of: CloneProjectJobRequest(), to: client)
      XCTAssertEqual(problems.count, 1)
      XCTAssertTrue(problems.allSatisfy { $0.hasPrefix("source_job_id: ") }, "\(problems)")
    }
  }

  func testObservability() async throws {
    try await serving(observedServer([healthWithoutDatabase()], logger: logger)) { channel in
      let reply = try await channel.unary("/grpc.health.v1.Health/Check", [UInt8]())
      let status = try HealthCheckResponse(serializedBytes: reply.message).status
      XCTAssertEqual(status, .notServing)
    }
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try Data([0x0A, 0x01]).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    XCTAssertThrowsError(try reflection(of: [Greeter()], file: file), "not a descriptor set")
  }

  func testJobsRunAndTheirTracesGo() async throws {
    let cloner = runningCloner(InMemoryJobStore(), InMemoryObjectStorage())
    try await withInProcessServer(
      ProjectJobService(cloner: cloner), OperationService(cloner: cloner)
    ) { client in
      let created = try await client.create(Self.creation)
      let id = try created.response?.unpack(CreateProjectJobResponse.self)?.jobID ?? ""
      let execute = ExecuteProjectJobRequest.with { $0.jobID = id }
      let reply = try await client.channel.unary(
        "/\(ProjectJobService.name)/Execute", execute.serializedBytes())
      let operation = try LongRunningOperation(serializedBytes: reply.message)
      let ended = try await cloner.waitForOperation(operation.id, for: .anonymous)
      XCTAssertNotNil(ended.response)
      let job = try await client.job(id: id)
      XCTAssertEqual(job.status, .success)
    }
    let housekeeper = housekeeper(of: cloner, logger: logger)
    let later = ProtobufTimestamp.with { $0.seconds = cloner.policy.defaultDataTTL + 4_000_000_000 }
    let sweep = await housekeeper.sweep(now: later)
    XCTAssertEqual(sweep.expiredJobs, 1)
    XCTAssertGreaterThan(sweep.forgotten, 0)
  }

  func testInTests() async throws {
    let greeting = try await greetOverASocket()
    XCTAssertEqual(greeting, Array("Hello, you".utf8))
    let code = try await codeWithoutStore()
    XCTAssertEqual(code, .unavailable)
  }
}
