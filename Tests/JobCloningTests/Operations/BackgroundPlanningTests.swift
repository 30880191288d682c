import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

/// clone-semantics §3: what happens when planning uploads takes too long.
final class BackgroundPlanningTests: XCTestCase {
  private let overrides = JobParameters.with {
    $0.inputFiles = [Fixture.file("new.csv", var: "DATA", "9"), Fixture.file("main.py", "8")]
  }

  func testTheReplyComesInTimeAndIsNotDone() async throws {
    let harness = SlowHarness()
    let process = harness.process()
    let operation = try await harness.slowClone(process, overrides)
    XCTAssertFalse(operation.done)
    XCTAssertNil(operation.result)
    XCTAssertEqual(operation.description, "Clone job \(Fixture.sourceID)")
    XCTAssertEqual(operation.createdBy, Fixture.caller.id)
    XCTAssertEqual(operation.createdAt, harness.clock.present)
    XCTAssertEqual(operation.modifiedAt, harness.clock.present)
    let job = try await harness.job(of: operation)
    XCTAssertEqual(job.status, .creating)
    XCTAssertEqual(job.projectID, Fixture.project)
    let found = try await process.cloner.operation(
      .with { $0.operationID = operation.id }, for: Fixture.caller)
    XCTAssertEqual(found, operation)
    harness.objects.open()
    _ = try await process.end(of: operation)
  }

  func testItEndsAsTheFastPathWouldHave() async throws {
    let harness = SlowHarness()
    let process = harness.process()
    harness.objects.base.add(
      ContentID(sha256: Fixture.sha("8"), sizeBytes: 10), in: Fixture.project)
    let operation = try await harness.slowClone(process, overrides)
    harness.clock.advance(seconds: 5)
    harness.objects.answer()
    let ended = try await process.end(of: operation)
    harness.objects.open()
    let request = CloneProjectJobRequest.with {
      $0.sourceJobID = Fixture.sourceID
      $0.jobParametersOverrides = overrides
    }
    let fast = try await process.cloner.clone(request, for: Caller(principal: Fixture.caller))
    XCTAssertEqual(try ended.uploads(), try fast.uploads())
    XCTAssertEqual(try ended.uploads().map(\.file), [Fixture.file("new.csv", var: "DATA", "9")])
    XCTAssertEqual(ended.metadata, operation.metadata)
    XCTAssertEqual(ended.createdAt, operation.createdAt)
    XCTAssertEqual(ended.modifiedAt, harness.clock.present)
    let job = try await harness.job(of: ended)
    XCTAssertEqual(job.status, .creating)
  }

  func testTheQuestionUnderWayIsNotAskedAgain() async throws {
    let harness = SlowHarness()
    let process = harness.process()
    let operation = try await harness.slowClone(process, overrides)
    harness.objects.answer()
    _ = try await process.end(of: operation)
    XCTAssertEqual(harness.objects.asked, 1)
  }

  func testCreateGoesTheSameWay() async throws {
    let harness = SlowHarness()
    let process = harness.process()
    var request = CreateProjectJobRequest()
    request.projectID = Fixture.project
    request.jobParameters = Fixture.least
    request.jobParameters?.inputFiles = [Fixture.file("main.py", "9")]
    async let reply = process.cloner.create(request, for: Caller(principal: Fixture.caller))
    await harness.objects.waitForQuestions()
    await process.timer.waitForSleepers(1)
    process.timer.advance(by: harness.policy.planningTime)
    let operation = try await reply
    XCTAssertFalse(operation.done)
    harness.objects.open()
    let ended = try await process.end(of: operation)
    let response = try XCTUnwrap(ended.response?.unpack(CreateProjectJobResponse.self))
    XCTAssertEqual(response.uploadFiles.map(\.file), [Fixture.file("main.py", "9")])
    XCTAssertFalse(response.uploadFiles.contains { $0.url.isEmpty })
  }

  func testAMissingInheritedContentFailsTheOperationAndTheJob() async throws {
    let harness = SlowHarness()
    let process = harness.process()
    harness.objects.base.lose(
      ContentID(sha256: Fixture.sha("a"), sizeBytes: 10), in: Fixture.project)
    let operation = try await harness.slowClone(process)
    harness.clock.advance(seconds: 5)
    harness.objects.answer()
    let ended = try await process.end(of: operation)
    XCTAssertTrue(ended.done)
    XCTAssertNil(ended.response)
    let error = try XCTUnwrap(ended.error)
    XCTAssertEqual(error.code, JobErrorCode.failedPrecondition.rawValue)
    XCTAssertTrue(error.message.hasPrefix("main.py: "), error.message)
    let details = try XCTUnwrap(try error.details.first?.unpack(PreconditionFailure.self))
    XCTAssertEqual(details.violations.map(\.subject), ["main.py"])
    let job = try await harness.job(of: ended)
    XCTAssertEqual(job.status, .error)
    XCTAssertEqual(job.statusDetails, error.message)
    XCTAssertEqual(job.finishedAt, harness.clock.present)
  }

  func testAStorageThatIsBrokenFailsTheOperation() async throws {
    let harness = SlowHarness()
    let process = harness.process()
    let operation = try await harness.slowClone(process, overrides)
    harness.objects.answer(StoreError(.corrupted, "disk /dev/secret is broken"))
    let ended = try await process.end(of: operation)
    XCTAssertEqual(ended.error?.code, JobErrorCode.internal.rawValue)
    XCTAssertEqual(ended.error?.message.contains("secret"), false)
    let job = try await harness.job(of: ended)
    XCTAssertEqual(job.status, .error)
    XCTAssertFalse(job.statusDetails.contains("secret"))
    XCTAssertFalse(job.statusDetails.isEmpty)
  }

  func testAStorageThatIsAwayIsAskedAgain() async throws {
    let harness = SlowHarness()
    let process = harness.process()
    let operation = try await harness.slowClone(process, overrides)
    harness.objects.answer(StoreError(.unavailable, "away"))
    await process.timer.waitForPauses(of: .milliseconds(200))
    process.timer.advance(by: .seconds(1))
    await harness.objects.waitForQuestions()
    harness.objects.answer()
    let ended = try await process.end(of: operation)
    XCTAssertEqual(try ended.uploads().count, 2)
    XCTAssertEqual(harness.objects.asked, 2)
  }

  func testAStorageThatStaysAwayFailsTheOperationInTheEnd() async throws {
    let harness = SlowHarness(policy: OverridePolicy(planningDeadline: 600))
    let process = harness.process()
    let operation = try await harness.slowClone(process, overrides)
    harness.clock.advance(seconds: 601)
    harness.objects.answer(StoreError(.unavailable, "away"))
    let ended = try await process.end(of: operation)
    XCTAssertEqual(ended.error?.code, JobErrorCode.unavailable.rawValue)
  }

  func testAStorageThatNeverAnswersFailsTheOperationInTheEnd() async throws {
    let harness = SlowHarness(policy: OverridePolicy(planningDeadline: 600))
    let process = harness.process()
    let operation = try await harness.slowClone(process, overrides)
    await process.timer.waitForPauses(of: .seconds(600))
    harness.clock.advance(seconds: 600)
    process.timer.advance(by: .seconds(600))
    let ended = try await process.end(of: operation)
    XCTAssertEqual(ended.error?.code, JobErrorCode.unavailable.rawValue)
    let job = try await harness.job(of: ended)
    XCTAssertEqual(job.status, .error)
    harness.objects.open()
  }

  func testAnOperationWhoseTimePassedWithoutAProcessIsStillAskedAbout() async throws {
    let harness = SlowHarness(policy: OverridePolicy(planningDeadline: 600))
    let (dead, other) = (harness.process(), harness.process())
    let operation = try await harness.slowClone(dead, overrides)
    harness.clock.advance(seconds: 10_000)
    await other.background.takeOver()
    await harness.objects.waitForQuestions(2)
    harness.objects.open()
    let ended = try await other.end(of: operation)
    XCTAssertEqual(try ended.uploads().count, 2)
  }

  func testAJobStoreThatIsAwayIsTriedAgain() async throws {
    let harness = SlowHarness()
    let process = harness.process()
    let store = try XCTUnwrap(harness.store as? InMemoryJobStore)
    let operation = try await harness.slowClone(process, overrides)
    store.failure = StoreError(.unavailable, "away")
    harness.objects.open()
    await process.timer.waitForPauses(of: .milliseconds(200))
    store.failure = nil
    process.timer.advance(by: .seconds(1))
    let ended = try await process.end(of: operation)
    XCTAssertEqual(try ended.uploads().count, 2)
  }

  func testModifiedAtNeverGoesBack() async throws {
    let harness = SlowHarness()
    let process = harness.process()
    let operation = try await harness.slowClone(process, overrides)
    harness.clock.advance(seconds: -100)
    harness.objects.open()
    let ended = try await process.end(of: operation)
    XCTAssertTrue(ended.done)
    XCTAssertEqual(ended.modifiedAt, operation.modifiedAt)
  }

  func testTheSameKeyGetsTheOperationInItsCurrentState() async throws {
    let harness = SlowHarness()
    let process = harness.process()
    let operation = try await harness.slowClone(process, overrides, key: "k")
    let request = CloneProjectJobRequest.with {
      $0.sourceJobID = Fixture.sourceID
      $0.jobParametersOverrides = overrides
    }
    let caller = Caller(principal: Fixture.caller, idempotencyKey: "k")
    let unfinished = try await process.cloner.clone(request, for: caller)
    XCTAssertEqual(unfinished, operation)
    harness.objects.open()
    let ended = try await process.end(of: operation)
    let repeated = try await process.cloner.clone(request, for: caller)
    XCTAssertEqual(repeated, ended)
    XCTAssertEqual(try repeated.uploads().count, 2)
  }

  func testACallThatIsCancelledStoresNothing() async throws {
    let harness = SlowHarness()
    let process = harness.process()
    let call = Task {
      try await process.cloner.clone(
        .with { $0.sourceJobID = Fixture.sourceID }, for: Caller(principal: Fixture.caller))
    }
    await harness.objects.waitForQuestions()
    call.cancel()
    try await assertFails(.cancelled) { try await call.value }
    let jobs = try await process.cloner.list(
      .with { $0.projectID = Fixture.project }, for: Fixture.caller)
    XCTAssertEqual(jobs.jobs.map(\.id), [Fixture.sourceID])
    harness.objects.open()
  }

  func testDataThatIsClearedMeanwhileFailsTheOperation() async throws {
    let harness = SlowHarness()
    let process = harness.process()
    let store = try XCTUnwrap(harness.store as? InMemoryJobStore)
    let operation = try await harness.slowClone(process, overrides)
    let job = try await harness.job(of: operation)
    store.update(jobID: job.id) { $0.dataCleared = true }
    harness.objects.open()
    let ended = try await process.end(of: operation)
    XCTAssertEqual(ended.error?.code, JobErrorCode.failedPrecondition.rawValue)
  }
}
