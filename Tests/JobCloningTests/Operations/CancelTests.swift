import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

/// OperationService.Cancel on an operation that is not done.
final class CancelTests: XCTestCase {
  func testItEndsTheOperationAndTheJob() async throws {
    let harness = SlowHarness()
    let process = harness.process()
    let operation = try await harness.slowClone(process)
    harness.clock.advance(seconds: 5)
    let cancelled = try await process.cloner.cancel(
      .with { $0.operationID = operation.id }, for: Fixture.caller)
    XCTAssertTrue(cancelled.done)
    XCTAssertEqual(cancelled.error?.code, JobErrorCode.cancelled.rawValue)
    XCTAssertEqual(cancelled.modifiedAt, harness.clock.present)
    XCTAssertEqual(cancelled.metadata, operation.metadata)
    let job = try await harness.job(of: operation)
    XCTAssertEqual(job.status, .cancelled)
    XCTAssertEqual(job.finishedAt, harness.clock.present)
    XCTAssertFalse(job.statusDetails.isEmpty)
    harness.objects.open()
    let again = try await process.cloner.cancel(
      .with { $0.operationID = operation.id }, for: Fixture.caller)
    XCTAssertEqual(again, cancelled)
  }

  func testItWorksFromAnotherProcess() async throws {
    let harness = SlowHarness()
    let (process, other) = (harness.process(), harness.process())
    let operation = try await harness.slowClone(process)
    let cancelled = try await other.cloner.cancel(
      .with { $0.operationID = operation.id }, for: Fixture.caller)
    XCTAssertTrue(cancelled.done)
    // The process that works on it finds the operation ended, and leaves it so.
    harness.objects.answer()
    let service = RunningGroup(process.background)
    await service.shutDown()
    try await service.end()
    let ended = try await process.end(of: operation)
    XCTAssertEqual(ended, cancelled)
    let job = try await harness.job(of: operation)
    XCTAssertEqual(job.status, .cancelled)
  }

  func testACancelledJobCanBeCloned() async throws {
    let harness = SlowHarness()
    let process = harness.process()
    let operation = try await harness.slowClone(process)
    let job = try await harness.job(of: operation)
    _ = try await process.cloner.cancel(
      .with { $0.operationID = operation.id }, for: Fixture.caller)
    harness.objects.open()
    let clone = try await process.cloner.clone(
      .with { $0.sourceJobID = job.id }, for: Caller(principal: Fixture.caller))
    XCTAssertTrue(clone.done)
  }

  func testItNeedsTheRightToCreate() async throws {
    let harness = SlowHarness()
    let process = harness.process()
    let operation = try await harness.slowClone(process)
    harness.rights.protect(Fixture.project)
    try await assertFails(.permissionDenied) {
      try await process.cloner.cancel(
        .with { $0.operationID = operation.id }, for: Fixture.caller)
    }
    harness.objects.open()
    let ended = try await process.end(of: operation)
    XCTAssertNil(ended.error)
  }
}
