import JobCloning
import JobMessages
import JobServiceTesting
import Logging
import ProtobufWire
import XCTest

/// What becomes of a run whose process is gone.
final class ResumeTests: XCTestCase {
  /// A process whose run hangs, and the operation that it holds.
  private func hanging() async throws -> (RunHarness, LongRunningOperation, Gate) {
    let (begun, gate) = (Gate(), Gate())
    let harness = RunHarness { _, _ in
      begun.open()
      await gate.wait()
      return JobRunResult(returnCode: 99)
    }
    let operation = try await harness.execute()
    await begun.wait()
    return (harness, operation, gate)
  }

  private func takeOver(_ harness: RunHarness) async -> Int {
    await BackgroundOperations(
      cloner: harness.cloner, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ).takeOver()
  }

  func testAnotherProcessGoesOnWhenTheLeaseIsOver() async throws {
    let (crashed, operation, gate) = try await hanging()
    let other = RunHarness(sharing: crashed) { _, _ in JobRunResult(returnCode: 0) }
    let tooEarly = await takeOver(other)
    XCTAssertEqual(tooEarly, 0)
    crashed.clock.advance(seconds: 31)
    let taken = await takeOver(other)
    XCTAssertEqual(taken, 1)
    let end = try await other.end(of: operation)
    XCTAssertEqual(try end.executionResponse().result?.returnCode, 0)
    XCTAssertEqual(other.runner.runs.map(\.isResumed), [true])

    // The first process was only slow: what it says now counts for nothing.
    gate.open()
    let found = try await crashed.end(of: operation)
    XCTAssertEqual(found, end)
    let job = try await other.job()
    XCTAssertEqual(job.status, .success)
  }

  func testARunnerThatCannotResumeMakesTheJobAnError() async throws {
    let (crashed, operation, gate) = try await hanging()
    defer { gate.open() }
    let other = RunHarness(sharing: crashed) { run, _ in
      guard !run.isResumed else { throw JobRunError.cannotResume }
      return JobRunResult(returnCode: 0)
    }
    crashed.clock.advance(seconds: 31)
    _ = await takeOver(other)
    let end = try await other.end(of: operation)
    XCTAssertEqual(end.error?.message, JobRunError.cannotResume.description)
    let job = try await other.job()
    XCTAssertEqual(job.status, .error)
    XCTAssertEqual(job.statusDetails, JobRunError.cannotResume.description)
  }

  func testAJobThatWasCancelledWithoutItsProcessIsStoppedByTheNext() async throws {
    let (crashed, operation, gate) = try await hanging()
    defer { gate.open() }
    let other = RunHarness(sharing: crashed) { _, reporter in
      _ = await reporter.waitForStop()
      throw CancellationError()
    }
    try await other.cancel(gracefully: true)
    crashed.clock.advance(seconds: 31)
    _ = await takeOver(other)
    let end = try await other.end(of: operation)
    XCTAssertEqual(end.error?.code, 1)
    let job = try await other.job()
    XCTAssertEqual(job.status, .cancelled)
  }

  func testTheInstantRunnerCompletesAJobAtOnce() async throws {
    let harness = RunHarness()
    let logs = InMemoryJobLogs()
    let cloner = JobCloner(
      store: harness.store, objects: harness.objects, runner: InstantRunner(), logs: logs)
    let operation = try await cloner.execute(
      .with { $0.jobID = RunHarness.jobID }, for: Caller(principal: Fixture.caller))
    let end = try await cloner.waitForOperation(operation.id, for: Fixture.caller)
    XCTAssertEqual(try end.executionResponse().result?.returnCode, 0)
    XCTAssertEqual(logs.end(ofJob: RunHarness.jobID), 1)
  }
}
