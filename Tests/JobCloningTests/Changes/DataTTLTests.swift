import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

/// `SetDataTtl`: how long a job's data is kept from now on.
final class DataTTLTests: XCTestCase {
  private let caller = Caller(principal: Fixture.caller)

  private func set(_ ttl: ProtobufDuration?, _ harness: Harness) async throws -> Job {
    _ = try await harness.cloner.setDataTTL(
      .with {
        $0.jobID = Fixture.sourceID
        $0.ttl = ttl
      }, for: caller)
    let job = try await harness.store.job(id: Fixture.sourceID)
    return try XCTUnwrap(job)
  }

  func testTheTimeCountsFromNow() async throws {
    let harness = Harness()
    let job = try await set(ProtobufDuration(seconds: 60), harness)
    var expected = Fixture.source
    expected.dataExpiresAt = harness.clock.present
    expected.dataExpiresAt?.seconds += 60
    XCTAssertEqual(job, expected)
  }

  func testWithoutATimeTheDataIsKeptForGood() async throws {
    let harness = Harness()
    let job = try await set(nil, harness)
    XCTAssertNil(job.dataExpiresAt)
    harness.clock.advance(seconds: 1_000_000_000)
    try await harness.clone()
  }

  func testATimeThatIsNoneIsRefused() async throws {
    let harness = Harness()
    for ttl in [
      ProtobufDuration(), ProtobufDuration(seconds: -1), ProtobufDuration(seconds: 1, nanos: -1),
      ProtobufDuration(seconds: 300_000_000_000), ProtobufDuration(seconds: .max),
    ] {
      try await assertInvalid(["ttl"]) { try await set(ttl, harness) }
    }
    let job = try await harness.store.job(id: Fixture.sourceID)
    XCTAssertEqual(job, Fixture.source)
  }

  func testDataThatIsGoneOrExpiredIsRefused() async throws {
    let cleared = Harness()
    cleared.store.update(jobID: Fixture.sourceID) { $0.dataCleared = true }
    try await assertFails(.failedPrecondition) { try await set(nil, cleared) }
    let expired = Harness()
    expired.clock.advance(seconds: 200_000_000)
    try await assertFails(.failedPrecondition) { try await set(nil, expired) }
  }

  func testItNeedsTheRightToCreate() async throws {
    let harness = Harness()
    harness.rights.protect(Fixture.project)
    try await assertFails(.permissionDenied) { try await set(nil, harness) }
    harness.rights.hide(Fixture.project)
    try await assertFails(.notFound) { try await set(nil, harness) }
    try await assertInvalid(["job_id"]) {
      try await harness.cloner.setDataTTL(.init(), for: caller)
    }
  }
}
