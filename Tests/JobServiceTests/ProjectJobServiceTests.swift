import CoreGRPC
import JobClient
import JobCloning
import JobMessages
import JobService
import JobServiceTesting
import ProtobufWire
import XCTest

final class ProjectJobServiceTests: XCTestCase {
  func testCloneMergesAndAnswersADoneOperation() async throws {
    try await Fixture().withClient { client in
      let source = try await Fixture.makeJob(client)
      let operation = try await client.clone(
        .with {
          $0.sourceJobID = source
          $0.jobParametersOverrides = .with { $0.arguments = [.init(name: "RANGE", value: "7")] }
        })
      XCTAssertTrue(operation.done)
      let response = try XCTUnwrap(operation.unpacked(CloneProjectJobResponse.self))
      let job = try await client.job(id: response.jobID)
      XCTAssertEqual(job.parentJobID, source)
      XCTAssertEqual(job.jobParameters?.arguments, [Argument(name: "RANGE", value: "7")])
      let found = try await client.operation(id: operation.id)
      XCTAssertEqual(found, operation)
    }
  }

  func testListAndCancelReachTheDomain() async throws {
    try await Fixture().withClient { client in
      let source = try await Fixture.makeJob(client)
      let page = try await client.jobs(.with { $0.projectID = "p1" })
      XCTAssertEqual(page.jobs.map(\.id), [source])
      let operation = try await client.clone(.with { $0.sourceJobID = source })
      let cancelled = try await client.cancelOperation(id: operation.id)
      XCTAssertEqual(cancelled, operation)
    }
  }

  func testTheIdempotencyKeyOfTheHeaderCounts() async throws {
    try await Fixture().withClient { client in
      let first = try await client.create(Fixture.creation, idempotencyKey: "k")
      let second = try await client.create(Fixture.creation, idempotencyKey: "k")
      XCTAssertEqual(first.id, second.id)
      var other = Fixture.creation
      other.name = "other"
      let error = await failure { try await client.create(other, idempotencyKey: "k") }
      XCTAssertEqual(error?.code, .invalidArgument)
    }
  }

  func testTheIdempotencyKeyIsIgnoredOnReads() async throws {
    try await Fixture().withClient { client in
      let operation = try await client.create(Fixture.creation, idempotencyKey: "k")
      let id = try XCTUnwrap(operation.unpacked(CreateProjectJobResponse.self)).jobID
      for key in ["k", "", String(repeating: "k", count: 65)] {
        var reader = client
        reader.metadata["idempotency-key"] = key
        let job = try await reader.job(id: id)
        XCTAssertEqual(job.id, id)
        let found = try await reader.operation(id: operation.id)
        XCTAssertEqual(found, operation)
        let page = try await reader.jobs(.with { $0.projectID = "p1" })
        XCTAssertEqual(page.jobs.map(\.id), [id])
      }
    }
  }
}
