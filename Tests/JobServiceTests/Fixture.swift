import CoreGRPC
import JobClient
import JobCloning
import JobMessages
import JobService
import JobServiceTesting
import ProtobufWire
import XCTest

/// The services over stores in memory, and a job to clone.
struct Fixture: Sendable {
  let store = InMemoryJobStore()
  let objects = InMemoryObjectStorage()

  /// Runs `body` with a client of an in-process server.
  func withClient<Result: Sendable>(
    _ body: (ProjectJobClient) async throws -> Result
  ) async throws -> Result {
    let cloner = JobCloner(store: store, objects: objects)
    return try await withInProcessServer(
      ProjectJobService(cloner: cloner), OperationService(cloner: cloner),
      HealthService(services: [ProjectJobService.name])
    ) { try await body($0) }
  }

  /// A request that makes a job without input files.
  static let creation = CreateProjectJobRequest.with {
    $0.projectID = "p1"
    $0.name = "source"
    $0.jobParameters = .with {
      $0.cmd = "run ${RANGE}"
      $0.arguments = [Argument(name: "RANGE", value: "1")]
      $0.cloudInstanceTypes = [CloudInstanceType(name: "c1.4")]
    }
  }

  /// Makes that job and returns its id.
  static func makeJob(_ client: ProjectJobClient) async throws -> String {
    let operation = try await client.create(creation)
    return try XCTUnwrap(operation.unpacked(CreateProjectJobResponse.self)).jobID
  }
}

extension LongRunningOperation {
  /// The response, if it is of this type.
  func unpacked<M: Message>(_ type: M.Type) throws -> M? {
    guard case .response(let any) = result else { return nil }
    return try any.unpack(type)
  }
}

/// The error that a call fails with; fails the test when it succeeds.
func failure<Result>(
  file: StaticString = #filePath, line: UInt = #line, of call: () async throws -> Result
) async -> RPCError? {
  do {
    _ = try await call()
    XCTFail("the call succeeded", file: file, line: line)
    return nil
  } catch let error as RPCError {
    return error
  } catch {
    XCTFail("\(error)", file: file, line: line)
    return nil
  }
}
