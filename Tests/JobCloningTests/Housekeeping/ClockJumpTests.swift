import JobCloning
import JobMessages
import JobServiceTesting
import Logging
import ProtobufWire
import XCTest

/// A clock that jumps clears nothing away.
final class ClockJumpTests: XCTestCase {
  private let day: Int64 = 86_400

  /// A harness with a job whose data lives for 14 days, and a sweep of today.
  private func swept() async throws -> (Harness, String) {
    let harness = Harness(source: .with { $0.id = "other" })
    let made = try await harness.create(Fixture.least)
    _ = await Housekeeper(cloner: harness.cloner, logger: .silent)
      .sweep(now: harness.clock.present)
    return (harness, made.job.id)
  }

  private func isCleared(_ id: String, _ harness: Harness) async throws -> Bool {
    try await harness.stored(id).dataCleared
  }

  func testAfterAJumpNothingIsClearedForAnHourOfRunning() async throws {
    let (harness, id) = try await swept()
    let (logger, lines) = Logger.recording()
    let housekeeper = Housekeeper(cloner: harness.cloner, logger: logger)
    harness.clock.advance(seconds: 15 * day)
    for minute in 0..<60 {
      let sweep = await housekeeper.sweep(now: harness.clock.present)
      XCTAssertEqual(sweep, Housekeeper.Sweep(), "minute \(minute)")
      harness.clock.advance(seconds: 60)
    }
    var cleared = try await isCleared(id, harness)
    XCTAssertFalse(cleared)
    XCTAssertEqual(lines.all(.error).count, 1, "it is said once")
    let sweep = await housekeeper.sweep(now: harness.clock.present)
    XCTAssertEqual(sweep.expiredJobs, 1)
    cleared = try await isCleared(id, harness)
    XCTAssertTrue(cleared)
    XCTAssertEqual(
      lines.all(.notice),
      ["expired data is cleared again", "the data of jobs has expired and is cleared"])
  }

  func testARestartBeginsTheHourAnewAndAnotherProcessWaitsToo() async throws {
    let (harness, id) = try await swept()
    harness.clock.advance(seconds: 15 * day)
    for _ in 0..<100 {
      let housekeeper = Housekeeper(cloner: harness.cloner, logger: .silent)
      let sweep = await housekeeper.sweep(now: harness.clock.present)
      XCTAssertEqual(sweep, Housekeeper.Sweep())
    }
    let cleared = try await isCleared(id, harness)
    XCTAssertFalse(cleared)
  }

  func testAClockThatIsPutRightGoesOnAtOnce() async throws {
    let (harness, _) = try await swept()
    let (logger, lines) = Logger.recording()
    let housekeeper = Housekeeper(cloner: harness.cloner, logger: logger)
    for jump in [15 * day, -15 * day, 2 * day, -day - 100] {
      let right = harness.clock.present
      harness.clock.advance(seconds: jump)
      await housekeeper.sweep(now: harness.clock.present)
      let noted = try await harness.store.lastSweep()
      XCTAssertEqual(noted, right.seconds, "a jump of \(jump)")
      harness.clock.present = right
      await housekeeper.sweep(now: harness.clock.present)
    }
    XCTAssertEqual(lines.all(.error).count, 4)
    XCTAssertEqual(lines.all(.notice).count, 4)
  }

  func testAnAcceptedClockClearsAtOnceAndALaterJumpDoesNot() async throws {
    let (harness, id) = try await swept()
    let later = try await harness.create(Fixture.least) { $0.dataTtl = .init(seconds: 40 * day) }
    var rules = Housekeeper.Rules()
    rules.acceptsClock = true
    let housekeeper = Housekeeper(cloner: harness.cloner, rules: rules, logger: .silent)
    harness.clock.advance(seconds: 15 * day)
    await housekeeper.sweep(now: harness.clock.present)
    var cleared = try await isCleared(id, harness)
    XCTAssertTrue(cleared)
    harness.clock.advance(seconds: 30 * day)
    await housekeeper.sweep(now: harness.clock.present)
    cleared = try await isCleared(later.job.id, harness)
    XCTAssertFalse(cleared)
  }

  func testAPauseOfLessThanADayIsNoJump() async throws {
    let (harness, _) = try await swept()
    let housekeeper = Housekeeper(cloner: harness.cloner, logger: .silent)
    for _ in 0..<20 {
      harness.clock.advance(seconds: day)
      await housekeeper.sweep(now: harness.clock.present)
      let noted = try await harness.store.lastSweep()
      XCTAssertEqual(noted, harness.clock.present.seconds)
    }
  }

  func testAStoreThatDoesNotAnswerClearsNothing() async throws {
    let (harness, id) = try await swept()
    harness.clock.advance(seconds: 15 * day)
    harness.store.failure = StoreError(.unavailable, "away")
    let sweep = await Housekeeper(cloner: harness.cloner, logger: .silent)
      .sweep(now: harness.clock.present)
    harness.store.failure = nil
    XCTAssertEqual(sweep, Housekeeper.Sweep())
    let cleared = try await isCleared(id, harness)
    XCTAssertFalse(cleared)
  }
}
