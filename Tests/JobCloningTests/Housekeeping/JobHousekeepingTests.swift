import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

/// What a sweep does to jobs.
final class JobHousekeepingTests: XCTestCase {
  private let overrides = JobParameters.with {
    $0.inputFiles = [Fixture.file("main.py", "9")]
  }

  func testExpiredDataIsClearedAndItsContentsGo() async throws {
    let harness = Harness()
    let made = try await harness.clone(overrides) { $0.dataTtl = ProtobufDuration(seconds: 60) }
    harness.upload(made.job.jobParameters.filled)
    harness.clock.advance(seconds: 59)
    var sweep = await harness.housekeeper.sweep(now: harness.clock.present)
    XCTAssertEqual(sweep, Housekeeper.Sweep())
    harness.clock.advance(seconds: 2)
    sweep = await harness.housekeeper.sweep(now: harness.clock.present)
    XCTAssertEqual(sweep.expiredJobs, 1)
    XCTAssertEqual(sweep.removedContents, 1, "the source refers to the others")
    let job = try await harness.stored(made.job.id)
    XCTAssertTrue(job.dataCleared)
    XCTAssertEqual(job.jobParameters, made.job.jobParameters)
    let contents = try await harness.objects.stored(
      among: [ContentID(sha256: Fixture.sha("9"), sizeBytes: 10)], in: Fixture.project)
    XCTAssertEqual(contents, [])
    try await assertFails(.failedPrecondition) {
      try await harness.clone { $0.sourceJobID = made.job.id }
    }
    sweep = await harness.housekeeper.sweep(now: harness.clock.present)
    XCTAssertEqual(sweep, Housekeeper.Sweep(), "once is enough")
  }

  func testAJobThatHasEndedKeepsItsStatus() async throws {
    let harness = Harness()
    harness.clock.present = ProtobufTimestamp(seconds: 1_900_000_000)
    let sweep = await harness.housekeeper.sweep(now: harness.clock.present)
    XCTAssertEqual(sweep.expiredJobs, 1)
    let source = try await harness.stored(Fixture.sourceID)
    XCTAssertTrue(source.dataCleared)
    XCTAssertEqual(source.status, .success)
    XCTAssertEqual(source.statusDetails, "fine")
  }

  func testAJobThatWasNeverExecutedFailsWhenItsDataExpires() async throws {
    let harness = Harness()
    let made = try await harness.clone { $0.dataTtl = ProtobufDuration(seconds: 60) }
    harness.clock.advance(seconds: 61)
    await harness.housekeeper.sweep(now: harness.clock.present)
    let job = try await harness.stored(made.job.id)
    XCTAssertEqual(job.status, .error)
    XCTAssertTrue(job.statusDetails.contains("expired"), job.statusDetails)
    XCTAssertEqual(job.finishedAt, harness.clock.present)
  }

  func testAJobThatIsWorkedOnIsLeftAlone() async throws {
    let harness = Harness()
    for status in [JobStatus.preparing, .executing, .uploadingOutput, .cancelling] {
      var job = Fixture.source
      job.id += "\(status.rawValue)"
      job.status = status
      job.dataExpiresAt = harness.clock.present
      harness.store.put(job)
    }
    let made = try await harness.clone(overrides) { $0.dataTtl = ProtobufDuration(seconds: 1) }
    try await harness.begin("execution", of: made.job.id)
    harness.clock.advance(seconds: 86_400 * 3)
    let sweep = await harness.housekeeper.sweep(now: harness.clock.present)
    XCTAssertEqual(sweep.expiredJobs, 0)
    XCTAssertEqual(sweep.failedJobs, 0)
    try await harness.end("execution", of: made.job.id)
    let later = await harness.housekeeper.sweep(now: harness.clock.present)
    XCTAssertEqual(later.expiredJobs, 1)
  }

  func testAJobWhoseUploadsNeverCameFailsAndStays() async throws {
    let harness = Harness()
    let made = try await harness.clone(
      .with {
        $0.inputFiles = [Fixture.file("main.py", "9"), Fixture.file("x", var: "DATA", "8")]
      })
    let stored = try await harness.store.storedJob(id: made.job.id)
    let expiry = try XCTUnwrap(stored?.uploadsExpire)
    harness.clock.present = ProtobufTimestamp(seconds: expiry + 3_600)
    var sweep = await harness.housekeeper.sweep(now: harness.clock.present)
    XCTAssertEqual(sweep.failedJobs, 0)
    harness.clock.advance(seconds: 1)
    sweep = await harness.housekeeper.sweep(now: harness.clock.present)
    XCTAssertEqual(sweep.failedJobs, 1)
    let job = try await harness.stored(made.job.id)
    XCTAssertEqual(job.status, .error)
    XCTAssertEqual(
      job.statusDetails, "2 files were not uploaded in time, the first is \"main.py\"")
    XCTAssertEqual(job.finishedAt, harness.clock.present)
    XCTAssertFalse(job.dataCleared)
    let found = try await harness.cloner.job(
      .with { $0.jobID = made.job.id }, for: Fixture.caller)
    XCTAssertEqual(found.status, .error)
  }

  func testAJobWhoseDataWasClearedBeforeItsUploadsSaysSo() async throws {
    let harness = Harness()
    let made = try await harness.clone(.with { $0.inputFiles = [Fixture.file("main.py", "9")] })
    _ = try await harness.cloner.deleteData(
      .with { $0.jobID = made.job.id }, for: Caller(principal: Fixture.caller))
    harness.clock.advance(seconds: 86_400 + 2 * 3_600 + 1)
    let sweep = await harness.housekeeper.sweep(now: harness.clock.present)
    XCTAssertEqual(sweep.failedJobs, 1)
    let job = try await harness.stored(made.job.id)
    XCTAssertEqual(job.status, .error)
    XCTAssertEqual(job.statusDetails, "the data of the job was cleared before it was executed")
  }

  func testOneMissingFileIsNamed() async throws {
    let harness = Harness()
    let made = try await harness.clone(overrides)
    harness.clock.advance(seconds: 86_400 * 3)
    await harness.housekeeper.sweep(now: harness.clock.present)
    let job = try await harness.stored(made.job.id)
    XCTAssertEqual(job.statusDetails, "\"main.py\" was not uploaded in time")
  }

  func testAJobWhoseContentsAreThereLivesOnAndIsNotLookedAtAgain() async throws {
    let harness = Harness()
    let made = try await harness.clone(overrides)
    harness.upload(made.job.jobParameters.filled)
    harness.clock.advance(seconds: 86_400 * 3)
    await harness.housekeeper.sweep(now: harness.clock.present)
    let asked = harness.objects.questions.count
    await harness.housekeeper.sweep(now: harness.clock.present)
    XCTAssertEqual(harness.objects.questions.count, asked)
    let job = try await harness.stored(made.job.id)
    XCTAssertEqual(job, made.job)
  }

  func testALaterReplyProlongsTheTimeForUploads() async throws {
    let harness = Harness()
    let made = try await harness.clone(overrides)
    harness.clock.advance(seconds: 86_400)
    _ = try await harness.cloner.operation(
      .with { $0.operationID = made.operation.id }, for: Fixture.caller)
    harness.clock.advance(seconds: 86_400)
    let sweep = await harness.housekeeper.sweep(now: harness.clock.present)
    XCTAssertEqual(sweep.failedJobs, 0)
  }

  func testPlanningIsNotDisturbed() async throws {
    let harness = SlowHarness()
    let process = harness.process()
    let operation = try await harness.slowClone(process, overrides)
    harness.clock.advance(seconds: 86_400 * 15)
    let housekeeper = Housekeeper(cloner: process.cloner, logger: .silent)
    let sweep = await housekeeper.sweep(now: harness.clock.present)
    XCTAssertEqual(sweep.expiredJobs + sweep.failedJobs, 0)
    harness.objects.open()
    let ended = try await process.end(of: operation)
    XCTAssertTrue(ended.done)
  }

  func testASweepIsBoundedAndTheNextGoesOn() async throws {
    let harness = Harness()
    for _ in 1...7 {
      try await harness.clone { $0.dataTtl = ProtobufDuration(seconds: 60) }
    }
    harness.clock.advance(seconds: 61)
    var rules = Housekeeper.Rules()
    rules.pageSize = 2
    rules.pagesPerSweep = 1
    let housekeeper = Housekeeper(cloner: harness.cloner, rules: rules, logger: .silent)
    var cleared: [Int] = []
    for _ in 1...4 {
      cleared.append(await housekeeper.sweep(now: harness.clock.present).expiredJobs)
    }
    XCTAssertEqual(cleared, [2, 2, 2, 1])
  }

  func testJobsThatAreWorkedOnDoNotHoldUpTheOthers() async throws {
    let harness = Harness()
    for _ in 1...4 {
      let made = try await harness.clone { $0.dataTtl = ProtobufDuration(seconds: 60) }
      try await harness.begin("execution of \(made.job.id)", of: made.job.id)
    }
    try await harness.clone { $0.dataTtl = ProtobufDuration(seconds: 60) }
    harness.clock.advance(seconds: 61)
    var rules = Housekeeper.Rules()
    rules.pageSize = 2
    rules.pagesPerSweep = 1
    let housekeeper = Housekeeper(cloner: harness.cloner, rules: rules, logger: .silent)
    var cleared = 0
    for _ in 1...3 {
      cleared += await housekeeper.sweep(now: harness.clock.present).expiredJobs
    }
    XCTAssertEqual(cleared, 1)
  }

  func testTwoHousekeepersDoEverythingOnce() async throws {
    let harness = Harness()
    for _ in 1...20 {
      try await harness.clone { $0.dataTtl = ProtobufDuration(seconds: 60) }
    }
    harness.clock.advance(seconds: 61)
    let (one, two) = (harness.housekeeper, harness.housekeeper)
    async let first = one.sweep(now: harness.clock.present)
    async let second = two.sweep(now: harness.clock.present)
    let sweeps = await (first, second)
    XCTAssertEqual(sweeps.0.expiredJobs + sweeps.1.expiredJobs, 20)
  }
}
