import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

private let caller = Caller(principal: Fixture.caller)

/// The code that a call fails with; nil when it succeeds.
private func code(_ call: @Sendable () async throws -> Void) async -> JobErrorCode? {
  do {
    try await call()
    return nil
  } catch {
    return (error as? JobError)?.code
  }
}

/// What happens to one job at the same time happens in some order, and no order loses anything.
final class RaceTests: XCTestCase {
  private static let rounds = 50

  func testAJobIsEitherExecutedOrDeleted() async throws {
    for _ in 1...Self.rounds {
      let gate = Gate()
      let harness = RunHarness { _, _ in
        await gate.wait()
        return JobRunResult(returnCode: 0)
      }
      async let executed = code { _ = try await harness.execute() }
      async let deleted = code {
        _ = try await harness.cloner.delete(
          .with { $0.jobID = RunHarness.jobID }, for: caller)
      }
      let codes = await (executed, deleted)
      gate.open()
      let job = try await harness.store.job(id: RunHarness.jobID)
      if codes.0 == nil {
        XCTAssertEqual(codes.1, .failedPrecondition)
        XCTAssertNotNil(job)
      } else {
        XCTAssertEqual(codes.0, .notFound)
        XCTAssertNil(codes.1)
        XCTAssertNil(job)
      }
    }
  }

  func testAJobIsNotExecutedWithoutItsData() async throws {
    for round in 1...Self.rounds {
      let gate = Gate()
      let harness = RunHarness { _, _ in
        await gate.wait()
        return JobRunResult(returnCode: 0)
      }
      let expires = ProtobufTimestamp(seconds: 1_900_000_000)
      async let executed = code { _ = try await harness.execute() }
      async let cleared = code {
        guard round.isMultiple(of: 2) else {
          let sweeper = Housekeeper(cloner: harness.cloner, logger: .silent)
          await sweeper.sweep(now: expires)
          return
        }
        _ = try await harness.cloner.deleteData(
          .with { $0.jobID = RunHarness.jobID }, for: caller)
      }
      let codes = await (executed, cleared)
      let job = try await harness.job()
      XCTAssertEqual(job.dataCleared, codes.0 != nil)
      if codes.0 != nil { XCTAssertEqual(codes.0, .failedPrecondition) }
      if round.isMultiple(of: 2) { XCTAssertNotEqual(codes.0 == nil, codes.1 == nil) }
      gate.open()
    }
  }

  func testACloneOfAJobWhoseDataGoesHasItsContentsOrIsRefused() async throws {
    for round in 1...Self.rounds {
      let harness = Harness()
      async let cloned = code { _ = try await harness.clone() }
      async let cleared = code {
        if round.isMultiple(of: 2) {
          _ = try await harness.cloner.deleteData(
            .with { $0.jobID = Fixture.sourceID }, for: caller)
        } else {
          _ = try await harness.cloner.delete(
            .with { $0.jobID = Fixture.sourceID }, for: caller)
        }
        await harness.housekeeper.sweep(now: harness.clock.present)
      }
      let codes = await (cloned, cleared)
      XCTAssertNil(codes.1)
      await harness.housekeeper.sweep(now: harness.clock.present)
      let contents = Set((Fixture.full.inputFiles + Fixture.modules).map(\.content))
      let stored = try await harness.objects.stored(among: contents, in: Fixture.project)
      switch codes.0 {
      case nil: XCTAssertEqual(stored, contents, "an accepted clone keeps what it refers to")
      case .failedPrecondition?, .notFound?: XCTAssertEqual(stored, [])
      case let other?: XCTFail("\(other)")
      }
    }
  }
}
