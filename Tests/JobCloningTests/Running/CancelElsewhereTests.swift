import Foundation
import JobCloning
import JobMessages
import JobServiceTesting
import JobStoreSQLite
import ProtobufWire
import XCTest

/// `Cancel` that reaches another process than the one that runs the job: two of them over one SQLite
/// directory.
final class CancelElsewhereTests: XCTestCase {
  private static let interval = Duration.seconds(5)

  private var directory = ""

  override func setUp() {
    directory = NSTemporaryDirectory() + "CancelElsewhereTests-" + UUID().uuidString
  }

  override func tearDown() { try? FileManager.default.removeItem(atPath: directory) }

  private func openStore() throws -> SQLiteJobStore {
    try SQLiteJobStore(path: directory + "/jobs.sqlite")
  }

  /// A process that runs the job, and another one.
  private func processes(
    _ script: @escaping ScriptedRunner.Script
  ) async throws -> (runs: SlowHarness.Process, other: SlowHarness.Process) {
    let store = try openStore()
    let job = RunHarness.job
    _ = try await store.create(
      JobCreation(job: job, operation: .with { $0.id = "made" }, contents: []))
    let harness = SlowHarness(store: store)
    harness.objects.open()
    harness.upload(Fixture.full)
    return (
      harness.process(runner: ScriptedRunner(script)),
      harness.process(on: try openStore(), runner: ScriptedRunner())
    )
  }

  private func cancel(_ process: SlowHarness.Process, gracefully: Bool) async throws {
    _ = try await process.cloner.cancel(
      .with {
        $0.jobID = RunHarness.jobID
        $0.graceful = gracefully
      }, for: Caller(principal: Fixture.caller))
  }

  private func execute(_ process: SlowHarness.Process) async throws -> LongRunningOperation {
    try await process.cloner.execute(
      .with { $0.jobID = RunHarness.jobID }, for: Caller(principal: Fixture.caller))
  }

  /// Lets the process that runs the job look at it.
  private func look(_ process: SlowHarness.Process) async {
    await process.timer.waitForPauses(of: Self.interval)
    process.timer.advance(by: Self.interval)
  }

  func testAnUrgentRequestEndsTheWaitOfAGracefulOne() async throws {
    let (begun, stopping) = (Gate(), Gate())
    let (runs, other) = try await processes { _, reporter in
      begun.open()
      if await reporter.waitForStop() { stopping.open() }
      // It takes longer to clean up than anybody waits.
      try await Task.sleep(for: .seconds(3_600))
      return JobRunResult(returnCode: 143)
    }
    let operation = try await execute(runs)
    await begun.wait()
    try await cancel(other, gracefully: true)
    await look(runs)
    await stopping.wait()
    // Another graceful one is not urgent.
    try await cancel(other, gracefully: true)
    await look(runs)
    await runs.timer.waitForPauses(of: Self.interval)
    let waiting = try await other.cloner.job(
      .with { $0.jobID = RunHarness.jobID }, for: Fixture.caller)
    XCTAssertEqual(waiting.status, .cancelling)

    try await cancel(other, gracefully: false)
    await look(runs)
    let end = try await runs.end(of: operation)
    XCTAssertEqual(end.error?.code, 1)
    let elapsed = ManualTimer.Instant().duration(to: runs.timer.now)
    XCTAssertEqual(elapsed, Self.interval * 3, "three looks, and no wait for the job's own time")
    let job = try await other.cloner.job(
      .with { $0.jobID = RunHarness.jobID }, for: Fixture.caller)
    XCTAssertEqual(job.status, .cancelled)
  }

  func testAnUrgentRequestAloneAsksForNoGrace() async throws {
    let begun = Gate()
    let (runs, other) = try await processes { _, reporter in
      begun.open()
      guard await reporter.waitForStop() else { throw CancellationError() }
      return JobRunResult(returnCode: 143)
    }
    let operation = try await execute(runs)
    await begun.wait()
    try await cancel(other, gracefully: false)
    await look(runs)
    let end = try await runs.end(of: operation)
    XCTAssertEqual(end.error?.code, 1, "\(end.result as Any)")
  }
}
