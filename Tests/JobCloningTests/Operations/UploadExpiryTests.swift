import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

/// No upload URL outlives the time that the store knows, and polling does not write it each time.
final class UploadExpiryTests: XCTestCase {
  private let overrides = JobParameters.with {
    $0.inputFiles = [Fixture.file("main.py", "9")]
  }

  private func expiry(_ operation: LongRunningOperation) throws -> Int64 {
    let url = try XCTUnwrap(operation.uploads().first?.url)
    return try XCTUnwrap(url.split(separator: "=").last.flatMap { Int64($0) })
  }

  func testTheFirstReplyIsNotedWithTheJob() async throws {
    let harness = Harness()
    let made = try await harness.clone(overrides)
    let stored = try await harness.store.storedJob(id: made.job.id)
    let noted = try XCTUnwrap(stored?.uploadsExpire)
    let lifetime = harness.cloner.policy.uploadURLLifetime
    XCTAssertEqual(try expiry(made.operation), harness.clock.present.seconds + lifetime)
    XCTAssertGreaterThanOrEqual(noted, try expiry(made.operation))
  }

  func testAJobWithoutUploadsAwaitsNone() async throws {
    let harness = Harness()
    let made = try await harness.clone()
    let stored = try await harness.store.storedJob(id: made.job.id)
    XCTAssertEqual(stored?.uploadsExpire, StoredJob.awaitsNoUpload)
  }

  func testLaterRepliesAreNotedNowAndThen() async throws {
    let harness = Harness()
    let made = try await harness.clone(
      overrides, as: Caller(principal: Fixture.caller, idempotencyKey: "k"))
    var noted: Set<Int64> = []
    for round in 0..<100 {
      harness.clock.advance(seconds: 100)
      let reply =
        round % 2 == 0
        ? try await harness.cloner.operation(
          .with { $0.operationID = made.operation.id }, for: Fixture.caller)
        : try await harness.clone(
          overrides, as: Caller(principal: Fixture.caller, idempotencyKey: "k")
        ).operation
      let stored = try await harness.store.storedJob(id: made.job.id)
      let time = try XCTUnwrap(stored?.uploadsExpire)
      XCTAssertLessThanOrEqual(try expiry(reply), time)
      noted.insert(time)
    }
    // 10,000 seconds are 2.8 hours.
    XCTAssertLessThanOrEqual(noted.count, 4)
  }

  func testAJobThatIsGoneGetsNoURLs() async throws {
    let harness = Harness()
    let made = try await harness.clone(overrides)
    let request = GetOperationRequest.with { $0.operationID = made.operation.id }
    harness.store.update(jobID: made.job.id) { $0.dataCleared = true }
    let cleared = try await harness.cloner.operation(request, for: Fixture.caller)
    XCTAssertEqual(try cleared.uploads().map(\.url), [""])
    let stored = try await harness.store.storedJob(id: made.job.id)
    _ = try await harness.store.change(JobChange(of: try XCTUnwrap(stored), to: nil))
    let gone = try await harness.cloner.operation(request, for: Fixture.caller)
    XCTAssertEqual(try gone.uploads().map(\.url), [""])
  }
}
