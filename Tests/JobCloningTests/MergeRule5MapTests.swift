import JobCloning
import JobMessages
import ProtobufWire
import XCTest

/// clone-semantics §1, rule 5: environment variables merge by name, unless the policy says not to.
final class MergeRule5MapTests: XCTestCase {
  private let override = JobParameters.with {
    $0.env = .with { $0.vars = ["MODE": "slow", "NEW": ""] }
  }

  func testVariablesMergeByName() {
    XCTAssertEqual(
      merging(override, over: Fixture.full).parameters.env?.vars,
      ["HOME": "/root", "MODE": "slow", "NEW": ""])
  }

  func testThePolicyCanReplaceAll() {
    let policy = OverridePolicy(environmentVariables: .replaceAll)
    XCTAssertEqual(
      merging(override, over: Fixture.full, policy: policy).parameters.env?.vars,
      ["MODE": "slow", "NEW": ""])
  }

  func testNoVariablesKeepAllUnderEitherPolicy() {
    for mode in OverridePolicy.EnvironmentVariables.allCases {
      let merged = merging(
        .with { $0.env = Environment() }, over: Fixture.full,
        policy: OverridePolicy(environmentVariables: mode))
      XCTAssertEqual(merged.parameters.env?.vars, Fixture.full.env?.vars)
    }
  }

  func testNamesAreComparedByteForByte() {
    let source = JobParameters.with { $0.env = .with { $0.vars = ["\u{E9}": "1"] } }
    let override = JobParameters.with { $0.env = .with { $0.vars = ["e\u{301}": "2"] } }
    XCTAssertEqual(merging(override, over: source).parameters.env?.vars.count, 2)
  }
}
