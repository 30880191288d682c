import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

/// clone-semantics §3: an operation survives the process that accepted it, and ends once.
final class TakeOverTests: XCTestCase {
  private let overrides = JobParameters.with {
    $0.inputFiles = [Fixture.file("new.csv", var: "DATA", "9")]
  }

  /// The first process is as good as dead: its timer stands, so it renews no lease.
  func testAnotherProcessCompletesWhatACrashLeftBehind() async throws {
    let harness = SlowHarness()
    let (dead, other) = (harness.process(), harness.process())
    let operation = try await harness.slowClone(dead, overrides)
    let early = await other.background.takeOver()
    XCTAssertEqual(early, 0, "the lease is not over")
    harness.clock.advance(seconds: harness.policy.operationLease)
    let taken = await other.background.takeOver()
    XCTAssertEqual(taken, 1)
    await harness.objects.waitForQuestions(2)
    harness.objects.open()
    let ended = try await other.end(of: operation)
    XCTAssertEqual(
      try ended.uploads().map(\.file), [Fixture.file("new.csv", var: "DATA", "9")])
  }

  func testTheLateAnswerOfTheFirstProcessChangesNothing() async throws {
    let harness = SlowHarness()
    let (dead, other) = (harness.process(), harness.process())
    let operation = try await harness.slowClone(dead, overrides)
    harness.clock.advance(seconds: harness.policy.operationLease)
    await other.background.takeOver()
    await harness.objects.waitForQuestions(2)
    // The first process, and not the one that has the lease, gets its answer now.
    harness.objects.answerFirst(StoreError(.corrupted, "broken"))
    let service = RunningGroup(dead.background)
    await service.shutDown()
    try await service.end()
    let unfinished = try await harness.store.operation(id: operation.id)
    XCTAssertEqual(unfinished?.operation.done, false)
    harness.objects.open()
    let ended = try await other.end(of: operation)
    XCTAssertNil(ended.error)
  }

  func testOfTwoProcessesOneTakesOver() async throws {
    let harness = SlowHarness()
    let dead = harness.process()
    var operations: [LongRunningOperation] = []
    for _ in 1...10 { operations.append(try await harness.slowClone(dead, overrides)) }
    harness.clock.advance(seconds: harness.policy.operationLease)
    let (one, two) = (harness.process(), harness.process())
    async let first = one.background.takeOver()
    async let second = two.background.takeOver()
    let taken = await (first, second)
    XCTAssertEqual(taken.0 + taken.1, 10)
    harness.objects.open()
    for operation in operations {
      let ended = try await one.endByPolling(of: operation)
      XCTAssertEqual(try ended.uploads().count, 1)
    }
  }

  func testALeaseIsKeptUpWhileTheWorkGoesOn() async throws {
    let harness = SlowHarness()
    let (alive, other) = (harness.process(), harness.process())
    let operation = try await harness.slowClone(alive, overrides)
    for _ in 1...6 {
      await alive.timer.waitForPauses(of: .seconds(harness.policy.operationLease / 3))
      harness.clock.advance(seconds: harness.policy.operationLease / 3)
      alive.timer.advance(by: .seconds(harness.policy.operationLease / 3))
    }
    await alive.timer.waitForPauses(of: .seconds(harness.policy.operationLease / 3))
    let taken = await other.background.takeOver()
    XCTAssertEqual(taken, 0)
    harness.objects.answer()
    let ended = try await alive.end(of: operation)
    XCTAssertTrue(ended.done)
  }

  func testAShutdownLetsWorkFinish() async throws {
    let harness = SlowHarness()
    let process = harness.process()
    let operation = try await harness.slowClone(process, overrides)
    let service = RunningGroup(process.background)
    await process.timer.waitForPauses(of: .seconds(5))
    await service.shutDown()
    harness.objects.answer()
    try await service.end()
    let stored = try await harness.store.operation(id: operation.id)
    XCTAssertEqual(stored?.operation.done, true)
  }

  func testAShutdownHandsOnWhatDoesNotFinish() async throws {
    let harness = SlowHarness()
    let (process, other) = (harness.process(), harness.process())
    let operation = try await harness.slowClone(process, overrides)
    let service = RunningGroup(process.background)
    // The service sleeps between two looks.
    await process.timer.waitForPauses(of: .seconds(5))
    await service.shutDown()
    // The lease's keeper and the grace, which take as long.
    await process.timer.waitForPauses(of: .seconds(10), 2)
    process.timer.advance(by: .seconds(10))
    try await service.end()
    // Not a second has passed.
    let taken = await other.background.takeOver()
    XCTAssertEqual(taken, 1)
    harness.objects.open()
    let ended = try await other.end(of: operation)
    XCTAssertEqual(try ended.uploads().count, 1)
  }

  func testAfterAShutdownNothingIsKeptBack() async throws {
    let harness = SlowHarness()
    let (closed, other) = (harness.process(), harness.process())
    await closed.background.drained()
    let operation = try await harness.slowClone(closed, overrides)
    XCTAssertFalse(operation.done)
    let taken = await other.background.takeOver()
    XCTAssertEqual(taken, 1)
    harness.objects.open()
    let ended = try await other.end(of: operation)
    XCTAssertTrue(ended.done)
  }

  func testWhoeverHasNoRunnerLeavesARunToOthers() async throws {
    let harness = SlowHarness()
    let store = try XCTUnwrap(harness.store as? InMemoryJobStore)
    store.update(jobID: Fixture.sourceID) { $0.status = .executing }
    let stored = try await store.storedJob(id: Fixture.sourceID)
    let job = try XCTUnwrap(stored)
    var change = JobChange(of: job, to: job.job)
    change.newOperation = .init(
      .with { $0.id = "execution" },
      work: OperationWork(
        .execute, payload: [], lease: OperationLease(holder: "dead", expires: 0)))
    _ = try await store.change(change)

    let runner = ScriptedRunner { _, _ in JobRunResult(returnCode: 0) }
    let (without, with) = (harness.process(), harness.process(runner: runner))
    let taken = await without.background.takeOver()
    XCTAssertEqual(taken, 0)
    let others = await with.background.takeOver()
    XCTAssertEqual(others, 1)
    let ended = try await with.cloner.waitForOperation("execution", for: Fixture.caller)
    XCTAssertEqual(try ended.executionResponse().result?.returnCode, 0)
    XCTAssertEqual(runner.runs.map(\.job.id), [Fixture.sourceID])
    XCTAssertEqual(runner.runs.map(\.isResumed), [true])
  }
}

extension BackgroundOperations {
  /// Runs the service as it is after a shutdown: it ends when no work is left.
  fileprivate func drained() async {
    let run = Task { try await self.run() }
    run.cancel()
    _ = await run.result
  }
}

extension SlowHarness.Process {
  /// The operation, once any process has ended it.
  fileprivate func endByPolling(
    of operation: LongRunningOperation
  ) async throws -> LongRunningOperation {
    async let ended = cloner.waitForOperation(operation.id, for: Fixture.caller)
    let poller = Task {
      while !Task.isCancelled {
        timer.advance(by: .seconds(5))
        await Task.yield()
      }
    }
    defer { poller.cancel() }
    return try await ended
  }
}
