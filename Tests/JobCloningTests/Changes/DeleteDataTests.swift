import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

/// `DeleteData` and `DeleteAllData`: jobs stay, their contents go.
final class DeleteDataTests: XCTestCase {
  private let caller = Caller(principal: Fixture.caller)
  private let keyed = Caller(principal: Fixture.caller, idempotencyKey: "key")
  private let request = DeleteProjectJobDataRequest.with { $0.jobID = Fixture.sourceID }
  private let all = DeleteAllProjectJobDataRequest.with { $0.projectID = Fixture.project }

  func testTheDataIsClearedAndNothingElse() async throws {
    let harness = Harness()
    let operation = try await harness.cloner.deleteData(request, for: caller)
    XCTAssertTrue(operation.done)
    XCTAssertNotNil(try operation.response?.unpack(DeleteProjectJobDataResponse.self))
    XCTAssertEqual(
      try operation.metadata?.unpack(DeleteProjectJobDataMetadata.self)?.jobID, Fixture.sourceID)
    var expected = Fixture.source
    expected.dataCleared = true
    let job = try await harness.store.job(id: Fixture.sourceID)
    XCTAssertEqual(job, expected)
    let marked = try await harness.store.markedContents(limit: 10)
    XCTAssertEqual(marked.count, 3)
  }

  func testAJobWithoutDataCannotBeCloned() async throws {
    let harness = Harness()
    _ = try await harness.cloner.deleteData(request, for: caller)
    try await assertFails(.failedPrecondition) { try await harness.clone() }
  }

  func testClearingTwiceSucceeds() async throws {
    let harness = Harness()
    let first = try await harness.cloner.deleteData(request, for: caller)
    let second = try await harness.cloner.deleteData(request, for: caller)
    XCTAssertNotEqual(first.id, second.id)
    XCTAssertTrue(second.done)
  }

  func testTheSameKeyReturnsTheSameOperation() async throws {
    let harness = Harness()
    let first = try await harness.cloner.deleteData(request, for: keyed)
    let second = try await harness.cloner.deleteData(request, for: keyed)
    XCTAssertEqual(first, second)
    _ = try await harness.cloner.delete(.with { $0.jobID = Fixture.sourceID }, for: keyed)
  }

  func testAJobThatRunsKeepsItsData() async throws {
    var source = Fixture.source
    source.status = .executing
    let harness = Harness(source: source)
    try await assertFails(.failedPrecondition) {
      try await harness.cloner.deleteData(request, for: caller)
    }
    let job = try await harness.store.job(id: Fixture.sourceID)
    XCTAssertEqual(job, source)
  }

  func testChangesOfOneJobAtOnceAllSucceed() async throws {
    let harness = Harness()
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask { [request, caller] in
          try await harness.cloner.deleteData(request, for: caller).done
        }
      }
      for try await isDone in group { XCTAssertTrue(isDone) }
    }
  }

  func testAllDataOfAProjectIsClearedPageByPage() async throws {
    let harness = Harness()
    for number in 0..<250 {
      var job = Fixture.source
      job.id = "job\(number)"
      // Many are of one moment, so that a page ends among them.
      job.createdAt = ProtobufTimestamp(seconds: Int64(1_700_000_000 + number / 60))
      harness.store.put(job)
    }
    var other = Fixture.source
    (other.id, other.projectID) = ("other", "another project")
    harness.store.put(other)

    let operation = try await harness.cloner.deleteAllData(all, for: caller)
    XCTAssertEqual(
      try operation.metadata?.unpack(DeleteAllProjectJobDataMetadata.self)?.projectID,
      Fixture.project)
    XCTAssertNotNil(try operation.response?.unpack(DeleteAllProjectJobDataResponse.self))
    let jobs = try await harness.store.jobs(
      matching: JobQuery(projectID: Fixture.project, limit: 1_000))
    XCTAssertEqual(jobs.count, 251)
    XCTAssertTrue(jobs.allSatisfy(\.dataCleared))
    let untouched = try await harness.store.job(id: "other")
    XCTAssertEqual(untouched, other)
    let found = try await harness.cloner.operation(
      .with { $0.operationID = operation.id }, for: Fixture.caller)
    XCTAssertEqual(found, operation)
  }

  func testAJobThatRunsLetsAllDataStay() async throws {
    let harness = Harness()
    var busy = Fixture.source
    (busy.id, busy.status) = ("busy", .executing)
    harness.store.put(busy)
    let error = try await jobError {
      try await harness.cloner.deleteAllData(all, for: caller)
    }
    XCTAssertEqual(error.code, .failedPrecondition)
    XCTAssertEqual(error.preconditionViolations.map(\.subject), ["busy"])
    let job = try await harness.store.job(id: Fixture.sourceID)
    XCTAssertEqual(job, Fixture.source)
  }

  func testAllDataWithTheSameKeyReturnsTheSameOperation() async throws {
    let harness = Harness()
    let first = try await harness.cloner.deleteAllData(all, for: keyed)
    let second = try await harness.cloner.deleteAllData(all, for: keyed)
    XCTAssertEqual(first, second)
    try await assertInvalid(["idempotency-key"]) {
      try await harness.cloner.deleteAllData(.with { $0.projectID = "p2" }, for: keyed)
    }
  }

  func testBothNeedTheRightToCreate() async throws {
    let harness = Harness()
    for hide in [false, true] {
      if hide {
        harness.rights.hide(Fixture.project)
      } else {
        harness.rights.protect(Fixture.project)
      }
      let code = hide ? JobErrorCode.notFound : .permissionDenied
      try await assertFails(code) { try await harness.cloner.deleteData(request, for: caller) }
      try await assertFails(code) { try await harness.cloner.deleteAllData(all, for: caller) }
    }
    try await assertInvalid(["job_id"]) {
      try await harness.cloner.deleteData(.init(), for: caller)
    }
    try await assertInvalid(["project_id"]) {
      try await harness.cloner.deleteAllData(.init(), for: caller)
    }
  }
}
