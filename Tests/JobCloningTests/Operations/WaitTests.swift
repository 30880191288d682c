import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

/// Waiting for an operation to be done.
final class WaitTests: XCTestCase {
  func testADoneOperationIsReturnedAtOnce() async throws {
    let harness = Harness()
    let made = try await harness.clone()
    let ended = try await harness.cloner.waitForOperation(
      made.operation.id, for: Fixture.caller)
    XCTAssertEqual(ended, made.operation)
  }

  func testTheTimeoutReturnsTheOperationAsItIs() async throws {
    let harness = SlowHarness()
    let process = harness.process()
    let operation = try await harness.slowClone(process)
    async let waited = process.cloner.waitForOperation(
      operation.id, for: Fixture.caller, timeout: .milliseconds(300))
    for pause in [200, 100] {
      await process.timer.waitForPauses(of: .milliseconds(pause))
      process.timer.advance(by: .milliseconds(pause))
    }
    let returned = try await waited
    XCTAssertEqual(returned, operation)
    let atOnce = try await process.cloner.waitForOperation(
      operation.id, for: Fixture.caller, timeout: .zero)
    XCTAssertEqual(atOnce, operation)
    harness.objects.open()
  }

  func testTheEndInAnotherProcessIsNoticed() async throws {
    let harness = SlowHarness()
    let (process, other) = (harness.process(), harness.process())
    let operation = try await harness.slowClone(process)
    async let waited = other.cloner.waitForOperation(operation.id, for: Fixture.caller)
    await other.timer.waitForSleepers(1)
    harness.objects.open()
    _ = try await process.end(of: operation)
    other.timer.advance(by: .seconds(1))
    let ended = try await waited
    XCTAssertTrue(ended.done)
  }

  func testItCanBeCancelled() async throws {
    let harness = SlowHarness()
    let process = harness.process()
    let operation = try await harness.slowClone(process)
    let waiting = Task {
      try await process.cloner.waitForOperation(operation.id, for: Fixture.caller)
    }
    await process.timer.waitForPauses(of: .milliseconds(200))
    waiting.cancel()
    try await assertFails(.cancelled) { try await waiting.value }
    harness.objects.open()
  }

  func testWhoMayNotReadMayNotWait() async throws {
    let harness = SlowHarness()
    let process = harness.process()
    let operation = try await harness.slowClone(process)
    harness.rights.hide(Fixture.project)
    try await assertFails(.notFound) {
      try await process.cloner.waitForOperation(operation.id, for: Fixture.caller)
    }
    harness.objects.open()
  }
}
