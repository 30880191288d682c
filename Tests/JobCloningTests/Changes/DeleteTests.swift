import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

/// `Delete`: a job is removed, and its operations stay.
final class DeleteTests: XCTestCase {
  private let caller = Caller(principal: Fixture.caller)
  private let keyed = Caller(principal: Fixture.caller, idempotencyKey: "key")
  private let request = DeleteProjectJobRequest.with { $0.jobID = Fixture.sourceID }

  func testADeletedJobIsGoneFromGetAndList() async throws {
    let harness = Harness()
    _ = try await harness.cloner.delete(request, for: caller)
    try await assertFails(.notFound) {
      try await harness.cloner.job(.with { $0.jobID = Fixture.sourceID }, for: Fixture.caller)
    }
    let page = try await harness.cloner.list(
      .with { $0.projectID = Fixture.project }, for: Fixture.caller)
    XCTAssertEqual(page.jobs, [])
    try await assertFails(.notFound) { try await harness.cloner.delete(request, for: caller) }
  }

  func testTheOperationIsDoneAndItsResponseEmpty() async throws {
    let harness = Harness()
    let operation = try await harness.cloner.delete(request, for: caller)
    let expected = LongRunningOperation.with {
      $0.id = "bt100000000000000001"
      $0.description = "Delete job \(Fixture.sourceID)"
      $0.createdAt = harness.clock.present
      $0.createdBy = Fixture.caller.id
      $0.modifiedAt = harness.clock.present
      $0.done = true
      $0.metadata = ProtobufAny(
        packing: DeleteProjectJobMetadata.with { $0.jobID = Fixture.sourceID })
      $0.response = ProtobufAny(packing: ProtobufEmpty())
    }
    XCTAssertEqual(operation, expected)
    XCTAssertEqual(operation.response?.typeURL, "type.googleapis.com/google.protobuf.Empty")
  }

  func testItsOperationsStay() async throws {
    let harness = Harness()
    let made = try await harness.clone()
    let deletion = try await harness.cloner.delete(
      .with { $0.jobID = made.job.id }, for: caller)
    for id in [made.operation.id, deletion.id] {
      let found = try await harness.cloner.operation(
        .with { $0.operationID = id }, for: Fixture.caller)
      XCTAssertTrue(found.done)
    }
  }

  func testAJobThatRunsIsRefused() async throws {
    for status in [JobStatus.executing, .uploadingOutput, .cancelling, .preparing] {
      var source = Fixture.source
      source.status = status
      let harness = Harness(source: source)
      let error = try await jobError { try await harness.cloner.delete(request, for: caller) }
      XCTAssertEqual(error.code, .failedPrecondition)
      XCTAssertEqual(error.preconditionViolations.map(\.type), ["JOB_RUNNING"])
      let job = try await harness.store.job(id: Fixture.sourceID)
      XCTAssertNotNil(job)
    }
  }

  func testContentsThatNoOtherJobHasAreLetGo() async throws {
    let harness = Harness()
    let clone = try await harness.clone(
      .with {
        $0.cmd = "true"
        $0.inputFiles = [Fixture.file("data.csv", var: "DATA", "9")]
      })
    _ = try await harness.cloner.delete(request, for: caller)
    let first = try await harness.store.markedContents(limit: 10)
    XCTAssertEqual(first.map(\.content.sha256), [Fixture.sha("b")], "the clone has the others")
    _ = try await harness.cloner.delete(.with { $0.jobID = clone.job.id }, for: caller)
    let all = try await harness.store.markedContents(limit: 10)
    XCTAssertEqual(
      Set(all.map(\.content.sha256)),
      [Fixture.sha("b"), Fixture.sha("9"), Fixture.sha("a"), Fixture.sha("c")])
  }

  func testTheSameKeyReturnsTheSameOperationAlthoughTheJobIsGone() async throws {
    let harness = Harness()
    let first = try await harness.cloner.delete(request, for: keyed)
    let second = try await harness.cloner.delete(request, for: keyed)
    XCTAssertEqual(first, second)
  }

  func testTheSameKeyWithAnotherRequestIsRefused() async throws {
    let harness = Harness()
    let made = try await harness.clone()
    _ = try await harness.cloner.delete(request, for: keyed)
    try await assertInvalid(["idempotency-key"]) {
      try await harness.cloner.delete(.with { $0.jobID = made.job.id }, for: keyed)
    }
  }

  func testOfManySimultaneousCallsWithOneKeyAllGetOneOperation() async throws {
    let harness = Harness()
    let ids = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<32 {
        group.addTask { [request, keyed] in
          try await harness.cloner.delete(request, for: keyed).id
        }
      }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    XCTAssertEqual(ids.count, 1)
  }

  func testItNeedsTheRightToCreate() async throws {
    let harness = Harness()
    harness.rights.protect(Fixture.project)
    try await assertFails(.permissionDenied) {
      try await harness.cloner.delete(request, for: caller)
    }
    harness.rights.hide(Fixture.project)
    try await assertFails(.notFound) { try await harness.cloner.delete(request, for: caller) }
  }

  func testTheIDAndTheKeyAreCheckedTogether() async throws {
    try await assertInvalid(["job_id", "idempotency-key"]) {
      try await Harness().cloner.delete(
        .init(), for: Caller(principal: Fixture.caller, idempotencyKey: "\n"))
    }
  }

  func testAnOperationThatStillMakesTheJobEndsCancelled() async throws {
    let harness = Harness()
    let (job, operation) = (RunHarness.job, LongRunningOperation.with { $0.id = "unfinished" })
    var creation = JobCreation(job: job, operation: operation, contents: [])
    creation.work = OperationWork(
      .planUploads, payload: [], lease: OperationLease(holder: "other", expires: .max))
    _ = try await harness.store.create(creation)
    _ = try await harness.cloner.delete(.with { $0.jobID = job.id }, for: caller)
    let ended = try await harness.cloner.operation(
      .with { $0.operationID = "unfinished" }, for: Fixture.caller)
    XCTAssertTrue(ended.done)
    XCTAssertEqual(ended.error?.code, 1)
  }
}
