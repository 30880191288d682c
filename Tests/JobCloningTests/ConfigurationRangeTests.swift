import JobMessages
import JobServiceTesting
import Logging
import ProtobufWire
import Safeguards
import XCTest

@testable import JobCloning

/// What policies and the configurations of services may be, at the ends of each range and beyond.
final class ConfigurationRangeTests: XCTestCase {
  private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  private func cloner(_ policy: OverridePolicy = .init()) -> JobCloner {
    JobCloner(store: InMemoryJobStore(), objects: InMemoryObjectStorage(), policy: policy)
  }

  /// Calls `body` with what each range makes of a value: at its ends it must work, and beyond them
  /// throw.
  private func check<Value>(
    _ ranges: [ConfigurationRange<Value>], of value: Value, _ body: (Value) throws -> Void
  ) {
    for range in ranges {
      for end in range.ends {
        var value = value
        end(&value)
        XCTAssertNoThrow(try body(value), range.name)
      }
      for edit in range.beyond {
        var value = value
        edit(&value)
        XCTAssertThrowsError(try body(value), range.name) { error in
          let error = error as? StoreError
          XCTAssertEqual(error?.code, .misconfigured)
          XCTAssertTrue("\(error?.message ?? "")".hasPrefix("\(range.name) is "), range.name)
        }
      }
    }
  }

  func testPolicies() {
    check(OverridePolicy.ranges, of: OverridePolicy()) { try $0.validate() }
    check(JobLimits.ranges, of: JobLimits()) { limits in
      var policy = OverridePolicy()
      policy.limits = limits
      try policy.validate()
    }
    for prefix in ["", "ab", "abcd", "AB1", "é1", "a\n1"] {
      XCTAssertThrowsError(try OverridePolicy(idPrefix: prefix).validate(), prefix)
    }
  }

  func testAPolicyMakesJobsAtBothEndsOfEachRange() async throws {
    for range in OverridePolicy.ranges {
      for end in range.ends {
        var policy = OverridePolicy()
        end(&policy)
        let harness = Harness(policy: policy)
        let operation = try await harness.cloner.clone(
          .with { $0.sourceJobID = Fixture.source.id }, for: Caller(principal: Fixture.caller))
        XCTAssertFalse(operation.id.isEmpty, range.name)
        await Housekeeper(cloner: harness.cloner, logger: logger).sweep(now: harness.clock.now())
      }
    }
  }

  func testAHousekeeperSweepsAtBothEndsOfEachRuleAndNotBeyond() async throws {
    for range in Housekeeper.Rules.ranges {
      for end in range.ends {
        var rules = Housekeeper.Rules()
        end(&rules)
        await Housekeeper(cloner: cloner(), rules: rules, logger: logger).sweep(now: .init())
      }
      for edit in range.beyond {
        var rules = Housekeeper.Rules()
        edit(&rules)
        let housekeeper = Housekeeper(cloner: cloner(), rules: rules, logger: logger)
        await assertMisconfigured(range.name) { try await housekeeper.run() }
        // Whoever sweeps without it gets no crash either.
        let sweep = await housekeeper.sweep(now: .init())
        XCTAssertEqual(sweep, .init(), range.name)
      }
    }
  }

  func testServicesRunAtBothEndsOfEachRange() async throws {
    func assertRuns(_ name: String, _ run: @escaping @Sendable () async throws -> Void) async {
      let running = Task { try await run() }
      running.cancel()
      let outcome = await running.result
      XCTAssertNoThrow(try outcome.get(), name)
    }
    for range in Housekeeper.Rules.ranges {
      for end in range.ends {
        var rules = Housekeeper.Rules()
        end(&rules)
        let housekeeper = Housekeeper(cloner: cloner(), rules: rules, logger: logger)
        await assertRuns(range.name) { try await housekeeper.run() }
      }
    }
    for range in BackgroundOperations.Configuration.ranges {
      for end in range.ends {
        var configuration = BackgroundOperations.Configuration()
        end(&configuration)
        let service = BackgroundOperations(
          cloner: cloner(), configuration: configuration, logger: logger)
        await assertRuns(range.name) { try await service.run() }
      }
    }
  }

  func testBackgroundOperationsDoNotRunBeyondARange() async throws {
    for range in BackgroundOperations.Configuration.ranges {
      for edit in range.beyond {
        var configuration = BackgroundOperations.Configuration()
        edit(&configuration)
        let service = BackgroundOperations(
          cloner: cloner(), configuration: configuration, logger: logger)
        await assertMisconfigured(range.name) { try await service.run() }
      }
    }
    let policy = OverridePolicy(operationLease: 0)
    let (operations, housekeeper) = (
      BackgroundOperations(cloner: cloner(policy), logger: logger),
      Housekeeper(cloner: cloner(policy), logger: logger)
    )
    await assertMisconfigured("operationLease") { try await operations.run() }
    await assertMisconfigured("operationLease") { try await housekeeper.run() }
  }

  func testAWaitTakesAnyTime() async {
    for limit: Duration in [.seconds(Int64.max), .milliseconds(Int64.max), .seconds(1 << 40)] {
      let promise = Promise<Int>(nil)
      async let value = promise.value(within: limit, on: ContinuousClock())
      promise.keep(7)
      let kept = await value
      XCTAssertEqual(kept, 7, "\(limit)")
    }
    for limit: Duration in [.zero, .seconds(-1), .seconds(Int64.min)] {
      let value = await Promise<Int>(nil).value(within: limit, on: ContinuousClock())
      XCTAssertNil(value, "\(limit)")
    }
  }

  func testEveryNumberAndTimeHasARange() {
    let policy = names(of: OverridePolicy())
      .subtracting(["allowed", "environmentVariables", "uniqueNames", "limits", "idPrefix"])
    XCTAssertEqual(policy, Set(OverridePolicy.ranges.map(\.name)))
    XCTAssertEqual(
      names(of: JobLimits()),
      Set(JobLimits.ranges.map { String($0.name.dropFirst("limits.".count)) }))
    XCTAssertEqual(
      names(of: Housekeeper.Rules()).subtracting(["acceptsClock"]),
      Set(Housekeeper.Rules.ranges.map(\.name)))
    XCTAssertEqual(
      names(of: BackgroundOperations.Configuration()),
      Set(BackgroundOperations.Configuration.ranges.map(\.name)))
  }

  private func names(of value: Any) -> Set<String> {
    Set(Mirror(reflecting: value).children.compactMap(\.label))
  }

  private func assertMisconfigured(
    _ name: String, _ body: () async throws -> Void
  ) async {
    do {
      try await body()
      XCTFail("\(name) is accepted")
    } catch {
      let error = error as? StoreError
      XCTAssertEqual(error?.code, .misconfigured, name)
      XCTAssertTrue(error?.message.hasPrefix("\(name) is ") == true, name)
    }
  }
}
