import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

/// `Cancel`: a job that runs is stopped.
final class CancelJobTests: XCTestCase {
  /// A process whose run goes on until it is stopped, and the operation of the run.
  private func running(
    _ job: Job = RunHarness.job
  ) async throws -> (RunHarness, LongRunningOperation) {
    let begun = Gate()
    let harness = RunHarness(job: job) { _, _ in
      begun.open()
      try await Task.sleep(for: .seconds(3_600))
      return JobRunResult(returnCode: 0)
    }
    let operation = try await harness.execute()
    await begun.wait()
    return (harness, operation)
  }

  func testAJobThatIsStoppedAtOnceIsCancelledAndItsOperationToo() async throws {
    let (harness, operation) = try await running()
    try await harness.cancel(reason: "too slow")
    let end = try await harness.end(of: operation)
    XCTAssertEqual(end.error?.code, 1)
    let job = try await harness.job()
    XCTAssertEqual(job.status, .cancelled)
    XCTAssertEqual(job.statusDetails, "cancelled: too slow")
    XCTAssertNotNil(job.finishedAt)
  }

  func testAJobThatStopsGracefullyKeepsWhatItMade() async throws {
    let begun = Gate()
    let harness = RunHarness { _, reporter in
      begun.open()
      let isStopped = await reporter.waitForStop()
      return JobRunResult(returnCode: isStopped && reporter.isJobCancelled ? 143 : 0)
    }
    let operation = try await harness.execute()
    await begun.wait()
    try await harness.cancel(gracefully: true)
    let end = try await harness.end(of: operation)
    XCTAssertEqual(try end.executionResponse().result?.returnCode, 143)
    let job = try await harness.job()
    XCTAssertEqual(job.status, .cancelled)
  }

  func testAJobThatDoesNotStopInItsTimeIsStoppedAtOnce() async throws {
    var job = RunHarness.job
    job.jobParameters?.gracefulShutdownParameters = .with {
      $0.timeout = ProtobufDuration(seconds: 0, nanos: 1)
    }
    let (harness, operation) = try await running(job)
    try await harness.cancel(gracefully: true)
    let end = try await harness.end(of: operation)
    XCTAssertEqual(end.error?.code, 1)
  }

  /// Clients that know no time send the parameters alone, or an empty Duration.
  func testParametersWithoutATimeGiveTheConfiguredOne() async throws {
    var policy = OverridePolicy()
    policy.gracefulShutdownTimeout = .seconds(44)
    for timeout in [nil, ProtobufDuration(), ProtobufDuration(seconds: -1)] {
      var job = RunHarness.job
      job.jobParameters?.gracefulShutdownParameters = .with {
        $0.signal = 2
        $0.timeout = timeout
      }
      let (timer, begun) = (ManualTimer(), Gate())
      let harness = RunHarness(job: job, policy: policy, timer: timer) { _, _ in
        begun.open()
        try await Task.sleep(for: .seconds(3_600))
        return JobRunResult(returnCode: 0)
      }
      let operation = try await harness.execute()
      await begun.wait()
      try await harness.cancel(gracefully: true)
      await timer.waitForPauses(of: policy.gracefulShutdownTimeout)
      let cancelling = try await harness.job()
      XCTAssertEqual(cancelling.status, .cancelling, "not at once")
      timer.advance(by: policy.gracefulShutdownTimeout)
      let end = try await harness.end(of: operation)
      XCTAssertEqual(end.error?.code, 1)
    }
  }

  func testWithoutParametersAGracefulRequestStopsAtOnce() async throws {
    var job = RunHarness.job
    job.jobParameters?.gracefulShutdownParameters = nil
    let (harness, operation) = try await running(job)
    try await harness.cancel(gracefully: true)
    let end = try await harness.end(of: operation)
    XCTAssertEqual(end.error?.code, 1)
  }

  func testAGracefulRequestCanBeFollowedByAnUrgentOne() async throws {
    let (harness, operation) = try await running()
    try await harness.cancel(gracefully: true)
    let cancelling = try await harness.job()
    XCTAssertEqual(cancelling.status, .cancelling)
    try await harness.cancel()
    let end = try await harness.end(of: operation)
    XCTAssertEqual(end.error?.code, 1)
  }

  func testCancellingTheOperationStopsTheJob() async throws {
    let (harness, operation) = try await running()
    _ = try await harness.cloner.cancel(
      CancelOperationRequest.with { $0.operationID = operation.id }, for: Fixture.caller)
    let end = try await harness.end(of: operation)
    XCTAssertEqual(end.error?.code, 1)
    let job = try await harness.job()
    XCTAssertEqual(job.status, .cancelled)
  }

  func testAJobThatDoesNotRunIsRefused() async throws {
    let harness = RunHarness()
    let before = try await jobError { try await harness.cancel() }
    XCTAssertEqual(before.preconditionViolations.map(\.type), ["JOB_NOT_RUNNING"])
    _ = try await harness.executed()
    try await assertFails(.failedPrecondition) { try await harness.cancel() }
  }

  /// The first request may be one whose reply was lost.
  func testAJobThatIsCancelledAlreadyStaysSo() async throws {
    let (harness, operation) = try await running()
    try await harness.cancel(reason: "first")
    _ = try await harness.end(of: operation)
    let before = try await harness.store.storedJob(id: RunHarness.jobID)
    try await harness.cancel(reason: "second")
    let after = try await harness.store.storedJob(id: RunHarness.jobID)
    XCTAssertEqual(after, before)
    harness.rights.protect(Fixture.project)
    try await assertFails(.permissionDenied) { try await harness.cancel() }
  }

  func testItNeedsAnIDAndTheRightToCreate() async throws {
    let harness = RunHarness()
    try await assertInvalid(["job_id"]) {
      try await harness.cloner.cancel(
        CancelProjectJobRequest(), for: Caller(principal: Fixture.caller))
    }
    harness.rights.protect(Fixture.project)
    try await assertFails(.permissionDenied) { try await harness.cancel() }
    harness.rights.hide(Fixture.project)
    try await assertFails(.notFound) { try await harness.cancel() }
  }
}
