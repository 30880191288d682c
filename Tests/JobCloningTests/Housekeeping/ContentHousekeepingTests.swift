import JobCloning
import JobMessages
import JobServiceTesting
import Logging
import ProtobufWire
import ServiceLifecycle
import XCTest

/// What a sweep does to contents, operations and keys.
final class ContentHousekeepingTests: XCTestCase {
  private let content = ContentID(sha256: Fixture.sha("9"), sizeBytes: 10)

  func testAnOrphanIsRemovedOnceNoUploadCanBeMeantForIt() async throws {
    let harness = Harness()
    let born = harness.clock.present.seconds
    harness.objects.add(content, in: Fixture.project, at: born)
    harness.clock.advance(seconds: 2 * 86_400)
    var sweep = await harness.housekeeper.sweep(now: harness.clock.present)
    XCTAssertEqual(sweep.removedContents, 0)
    harness.clock.advance(seconds: 1)
    sweep = await harness.housekeeper.sweep(now: harness.clock.present)
    XCTAssertEqual(sweep.removedContents, 1)
    let stored = try await harness.objects.stored(among: [content], in: Fixture.project)
    XCTAssertEqual(stored, [])
  }

  func testAContentThatAJobRefersToIsNoOrphan() async throws {
    let harness = Harness()
    let made = try await harness.clone(
      .with { $0.inputFiles = [Fixture.file("main.py", "9")] })
    harness.objects.add(content, in: Fixture.project, at: 0)
    harness.objects.add(content, in: "another project", at: 0)
    harness.clock.advance(seconds: 86_400 * 10)
    let sweep = await harness.housekeeper.sweep(now: harness.clock.present)
    XCTAssertEqual(sweep.removedContents, 1, "the one of the other project")
    let stored = try await harness.objects.stored(among: [content], in: Fixture.project)
    XCTAssertEqual(stored, [content])
    try await harness.clone { $0.sourceJobID = made.job.id }
  }

  func testOrphansBehindManyOthersAreFoundByLaterSweeps() async throws {
    let harness = Harness()
    for number in 0..<7 {
      let text = String(number)
      harness.objects.add(
        ContentID(sha256: String(repeating: "f", count: 64 - text.count) + text, sizeBytes: 1),
        in: Fixture.project)
    }
    var rules = Housekeeper.Rules()
    rules.pageSize = 2
    rules.pagesPerSweep = 1
    let housekeeper = Housekeeper(cloner: harness.cloner, rules: rules, logger: .silent)
    var removed = 0
    for _ in 1...10 {
      removed += await housekeeper.sweep(now: harness.clock.present).removedContents
    }
    XCTAssertEqual(removed, 7)
    try await harness.clone()
  }

  func testWhatCannotBeRemovedIsTriedAgain() async throws {
    let harness = Harness()
    harness.objects.add(content, in: Fixture.project, at: 0)
    try await harness.store.markUnreferenced([StoredContent(content, in: Fixture.project)])
    let (logger, lines) = Logger.recording()
    let housekeeper = Housekeeper(cloner: harness.cloner, logger: logger)
    harness.objects.failure = StoreError(.unavailable, "away")
    for _ in 1...3 {
      let sweep = await housekeeper.sweep(now: harness.clock.present)
      XCTAssertEqual(sweep.removedContents, 0)
    }
    let warnings = lines.all(.warning)
    XCTAssertEqual(Set(warnings).count, warnings.count, "each fault is logged once: \(warnings)")
    XCTAssertTrue(warnings.contains { $0.contains("removing contents") }, "\(warnings)")
    harness.objects.failure = nil
    let sweep = await housekeeper.sweep(now: harness.clock.present)
    XCTAssertEqual(sweep.removedContents, 1)
    XCTAssertTrue(lines.all(.notice).contains { $0.contains("removing contents") })
  }

  func testAFaultHindersNoOtherRule() async throws {
    let harness = Harness()
    try await harness.clone { $0.dataTtl = ProtobufDuration(seconds: 60) }
    harness.clock.advance(seconds: 61)
    harness.objects.failure = StoreError(.unavailable, "away")
    let sweep = await harness.housekeeper.sweep(now: harness.clock.present)
    XCTAssertEqual(sweep.expiredJobs, 1)
  }

  func testDoneOperationsAndKeysAreForgotten() async throws {
    let harness = Harness()
    let caller = Caller(principal: Fixture.caller, idempotencyKey: "k")
    let made = try await harness.clone(as: caller)
    harness.clock.advance(seconds: 86_401)
    var sweep = await harness.housekeeper.sweep(now: harness.clock.present)
    XCTAssertEqual(sweep.forgotten, 1, "the key")
    harness.clock.advance(seconds: 29 * 86_400 - 1)
    sweep = await harness.housekeeper.sweep(now: harness.clock.present)
    XCTAssertEqual(sweep.forgotten, 0)
    harness.clock.advance(seconds: 1)
    sweep = await harness.housekeeper.sweep(now: harness.clock.present)
    XCTAssertEqual(sweep.forgotten, 1)
    try await assertFails(.notFound) {
      try await harness.cloner.operation(
        .with { $0.operationID = made.operation.id }, for: Fixture.caller)
    }
  }

  func testAnOperationIsRememberedAsLongAsAKeyThatLeadsToIt() async throws {
    let harness = Harness()
    let caller = Caller(principal: Fixture.caller, idempotencyKey: "key")
    let first = try await harness.clone(as: caller)
    var rules = Housekeeper.Rules()
    rules.operationRetention = 60
    let housekeeper = Housekeeper(cloner: harness.cloner, rules: rules, logger: .silent)
    harness.clock.advance(seconds: 86_399)
    await housekeeper.sweep(now: harness.clock.present)
    let repeated = try await harness.clone(as: caller)
    XCTAssertEqual(repeated.operation, first.operation)
    harness.clock.advance(seconds: 2)
    let sweep = await housekeeper.sweep(now: harness.clock.present)
    XCTAssertEqual(sweep.forgotten, 2)
  }

  func testUnfinishedOperationsAreNotForgotten() async throws {
    let harness = SlowHarness()
    let process = harness.process()
    let operation = try await harness.slowClone(process)
    harness.clock.advance(seconds: 86_400 * 365)
    let housekeeper = Housekeeper(cloner: process.cloner, logger: .silent)
    let sweep = await housekeeper.sweep(now: harness.clock.present)
    XCTAssertEqual(sweep.forgotten, 0)
    harness.objects.open()
    let ended = try await process.end(of: operation)
    XCTAssertTrue(ended.done)
  }

  func testTheServiceSweepsAtEachIntervalUntilItIsShutDown() async throws {
    let harness = Harness()
    let timer = ManualTimer()
    let cloner = JobCloner(
      store: harness.store, objects: harness.objects, clock: harness.clock, timer: timer)
    let service = RunningGroup(Housekeeper(cloner: cloner, logger: .silent))
    let made = try await harness.clone { $0.dataTtl = ProtobufDuration(seconds: 60) }
    await timer.waitForSleepers(1)
    harness.clock.advance(seconds: 61)
    timer.advance(by: .seconds(60))
    await timer.waitForSleepers(1)
    let job = try await harness.stored(made.job.id)
    XCTAssertTrue(job.dataCleared)
    await service.shutDown()
    try await service.end()
  }
}
