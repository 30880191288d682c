import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

/// `Execute`: a job is run once, and its operation tells how it ended.
final class ExecuteTests: XCTestCase {
  private let caller = Caller(principal: Fixture.caller)

  func testTheOperationIsNotDoneAndTellsOfTheJobTwice() async throws {
    let gate = Gate()
    let harness = RunHarness { _, _ in
      await gate.wait()
      return JobRunResult(returnCode: 0)
    }
    let operation = try await harness.execute()
    XCTAssertFalse(operation.done)
    XCTAssertNil(operation.result)
    XCTAssertEqual(operation.description, "Execute job \(RunHarness.jobID)")
    XCTAssertEqual(operation.createdBy, Fixture.caller.id)
    let metadata = try operation.executionMetadata()
    XCTAssertEqual(metadata.job?.id, RunHarness.jobID)
    XCTAssertEqual(metadata.job?.projectID, Fixture.project)
    XCTAssertEqual(metadata.metadata?.id, RunHarness.jobID)
    XCTAssertEqual(metadata.metadata?.status, .executing)
    XCTAssertEqual(metadata.metadata?.startedAt, harness.clock.present)
    let job = try await harness.job()
    XCTAssertEqual(job.status, .executing)
    XCTAssertEqual(job.startedAt, harness.clock.present)
    gate.open()
    _ = try await harness.end(of: operation)
  }

  func testARunThatReturns0Succeeds() async throws {
    let harness = RunHarness()
    let operation = try await harness.executed()
    XCTAssertEqual(try operation.executionResponse().result?.returnCode, 0)
    XCTAssertEqual(try operation.executionMetadata().job?.status, .success)
    let job = try await harness.job()
    XCTAssertEqual(job.status, .success)
    XCTAssertEqual(job.finishedAt, harness.clock.present)
    XCTAssertEqual(job.statusDetails, "")
    let run = try XCTUnwrap(harness.runner.runs.first)
    XCTAssertFalse(run.isResumed)
    XCTAssertEqual(run.job.jobParameters, Fixture.full)
  }

  func testARunThatReturnsAnotherCodeIsAnErrorOfTheJobAlone() async throws {
    let harness = RunHarness { _, _ in JobRunResult(returnCode: 3) }
    let operation = try await harness.executed()
    XCTAssertEqual(try operation.executionResponse().result?.returnCode, 3)
    let job = try await harness.job()
    XCTAssertEqual(job.status, .error)
    XCTAssertEqual(job.statusDetails, "the command returned 3")
  }

  func testARunThatFailsIsAnErrorOfBothWithTheRunnersText() async throws {
    let harness = RunHarness { _, _ in throw JobRunError("no such image") }
    let operation = try await harness.executed()
    XCTAssertEqual(operation.error?.message, "no such image")
    XCTAssertEqual(operation.error?.code, 13)
    let job = try await harness.job()
    XCTAssertEqual(job.status, .error)
    XCTAssertEqual(job.statusDetails, "no such image")
    XCTAssertNotNil(job.finishedAt)
  }

  func testAnyOtherErrorOfARunnerIsForTheLogAlone() async throws {
    struct Secret: Error { let text = "password" }
    let harness = RunHarness { _, _ in throw Secret() }
    let operation = try await harness.executed()
    XCTAssertEqual(operation.error?.message, "the runner failed")
    let job = try await harness.job()
    XCTAssertEqual(job.statusDetails, "the runner failed")
  }

  func testRepeatedItReturnsTheSameOperationAlsoWhenTheJobHasEnded() async throws {
    let gate = Gate()
    let harness = RunHarness { _, _ in
      await gate.wait()
      return JobRunResult(returnCode: 0)
    }
    let first = try await harness.execute()
    let second = try await harness.execute()
    XCTAssertEqual(first, second)
    gate.open()
    let end = try await harness.end(of: first)
    let third = try await harness.execute()
    XCTAssertEqual(third, end)
    XCTAssertEqual(harness.runner.runs.count, 1)
  }

  func testOfManySimultaneousCallsOneRuns() async throws {
    let harness = RunHarness()
    let ids = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<64 { group.addTask { try await harness.execute().id } }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    XCTAssertEqual(ids.count, 1)
    _ = try await harness.cloner.waitForOperation(try XCTUnwrap(ids.first), for: Fixture.caller)
    XCTAssertEqual(harness.runner.runs.count, 1)
  }

  func testTheSameKeyWithAnotherRequestIsRefused() async throws {
    let harness = RunHarness()
    let keyed = Caller(principal: Fixture.caller, idempotencyKey: "key")
    let first = try await harness.execute(as: keyed)
    let second = try await harness.execute(as: keyed)
    XCTAssertEqual(first.id, second.id)
    try await assertInvalid(["idempotency-key"]) {
      try await harness.cloner.execute(.with { $0.jobID = "other" }, for: keyed)
    }
  }

  func testAKeyLeadsToAnExecutionThatWasThereBefore() async throws {
    let harness = RunHarness()
    let ended = try await harness.executed()
    let keyed = Caller(principal: Fixture.caller, idempotencyKey: "key")
    let again = try await harness.execute(as: keyed)
    XCTAssertEqual(again, ended)
    try await assertInvalid(["idempotency-key"]) {
      try await harness.cloner.execute(.with { $0.jobID = "other" }, for: keyed)
    }
    let repeated = try await harness.execute(as: keyed)
    XCTAssertEqual(repeated, ended)
  }

  func testMissingContentsAreNamed() async throws {
    let harness = RunHarness()
    for file in [Fixture.full.inputFiles[0], Fixture.modules[0]] {
      harness.objects.lose(file.content, in: Fixture.project)
    }
    let error = try await jobError { try await harness.execute() }
    XCTAssertEqual(error.code, .failedPrecondition)
    XCTAssertEqual(error.preconditionViolations.map(\.subject), ["main.py", "/tmp/0.zip"])
    let job = try await harness.job()
    XCTAssertEqual(job, RunHarness.job)
    harness.upload(Fixture.full.inputFiles + Fixture.modules)
    try await harness.execute()
  }

  func testAJobThatHasEndedUnexecutedOrWithoutDataIsRefused() async throws {
    for status in [JobStatus.success, .error, .cancelled] {
      var job = RunHarness.job
      job.status = status
      let harness = RunHarness(job: job)
      let error = try await jobError { try await harness.execute() }
      XCTAssertEqual(error.preconditionViolations.map(\.type), ["JOB_ENDED"])
    }
    var cleared = RunHarness.job
    cleared.dataCleared = true
    let error = try await jobError { try await RunHarness(job: cleared).execute() }
    XCTAssertEqual(error.preconditionViolations.map(\.type), ["DATA_CLEARED"])
  }

  func testItNeedsTheRightToCreate() async throws {
    let harness = RunHarness()
    harness.rights.protect(Fixture.project)
    try await assertFails(.permissionDenied) { try await harness.execute() }
    harness.rights.hide(Fixture.project)
    try await assertFails(.notFound) { try await harness.execute() }
    try await assertInvalid(["job_id"]) {
      try await harness.cloner.execute(.init(), for: caller)
    }
  }

  func testWithoutARunnerItIsUnimplemented() async throws {
    let cloner = Harness().cloner
    let execute = try await jobError {
      try await cloner.execute(.with { $0.jobID = Fixture.sourceID }, for: caller)
    }
    let cancel = try await jobError {
      try await cloner.cancel(
        CancelProjectJobRequest.with { $0.jobID = Fixture.sourceID }, for: caller)
    }
    let logs = try await jobError {
      try await cloner.logReader(ofJob: Fixture.sourceID, from: 0, for: Fixture.caller)
    }
    for error in [execute, cancel, logs] {
      XCTAssertEqual(error.code, .unimplemented)
      XCTAssertTrue(error.message.contains("runner"))
    }
  }

  /// The official client cancels a job without an id when a clone is interrupted.
  func testWithoutARunnerARequestWithoutAnIDIsInvalidAllTheSame() async throws {
    let cloner = Harness().cloner
    try await assertInvalid(["job_id"]) {
      try await cloner.execute(ExecuteProjectJobRequest(), for: caller)
    }
    try await assertInvalid(["job_id"]) {
      try await cloner.cancel(CancelProjectJobRequest(), for: caller)
    }
    try await assertInvalid(["job_id", "offset"]) {
      try await cloner.logReader(ofJob: "", from: -2, for: Fixture.caller)
    }
  }

  func testThePasswordIsOpenedByAnExplicitCallAlone() async throws {
    let seen = Box<[String?]>([])
    let harness = RunHarness { run, _ in
      let spec = run.job.jobParameters?.env?.dockerImageSpec
      seen.value = [spec?.passwordPlainText, try run.registryPassword()]
      return JobRunResult(returnCode: 0)
    }
    let created = try await harness.cloner.create(
      .with {
        $0.projectID = Fixture.project
        $0.jobParameters = Fixture.least
        $0.jobParameters?.env = .with {
          $0.dockerImageSpec = .with {
            $0.imageURL = "i"
            $0.passwordPlainText = "hunter2"
          }
        }
      }, for: caller)
    let id = try XCTUnwrap(created.response?.unpack(CreateProjectJobResponse.self)).jobID
    let operation = try await harness.cloner.execute(.with { $0.jobID = id }, for: caller)
    let end = try await harness.end(of: operation)
    XCTAssertEqual(seen.value, ["", "hunter2"])
    let encoded = String(decoding: end.metadata?.value ?? [], as: UTF8.self)
    XCTAssertFalse(encoded.contains("hunter2"))
    XCTAssertFalse(encoded.contains("sealed:"))
  }

  func testARunGetsURLsOfItsInputs() async throws {
    let seen = Box<[StorageFile]>([])
    let harness = RunHarness { run, _ in
      seen.value = try run.inputs()
      return JobRunResult(returnCode: 0)
    }
    _ = try await harness.executed()
    XCTAssertEqual(seen.value.map(\.file), Fixture.full.inputFiles + Fixture.modules)
    XCTAssertTrue(seen.value.allSatisfy { $0.url.hasSuffix("method=get") })
  }

  func testProgressShowsInTheOperation() async throws {
    let (reported, gate) = (Gate(), Gate())
    let harness = RunHarness { _, reporter in
      try await reporter.progress("half", percent: 50)
      reported.open()
      await gate.wait()
      return JobRunResult(returnCode: 0)
    }
    let operation = try await harness.execute()
    await reported.wait()
    let shown = try await harness.cloner.operation(
      .with { $0.operationID = operation.id }, for: Fixture.caller)
    XCTAssertFalse(shown.done)
    let progress = try shown.executionMetadata().progress
    XCTAssertEqual(progress?.message, "half")
    XCTAssertEqual(progress?.progress, 50)
    gate.open()
    let end = try await harness.end(of: operation)
    XCTAssertTrue(end.done)
  }
}
