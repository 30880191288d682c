import JobCloning
import JobMessages
import ProtobufWire
import XCTest

/// clone-semantics §1, rule 2: a message merges field by field by the same rules.
final class MergeRule2MessageTests: XCTestCase {
  func testEveryMessageKeepsWhatTheOverrideDoesNotSet() {
    let override = JobParameters.with {
      $0.env = .with {
        $0.pythonEnv = .with {
          $0.pythonVersion = "3.12"
          $0.pipOptions = .with { $0.noDeps = true }
        }
      }
      $0.extendedWorkingStorage = .with { $0.sizeGb = 300 }
      $0.gracefulShutdownParameters = .with { $0.signal = 2 }
    }
    var expected = Fixture.full
    expected.env?.pythonEnv?.pythonVersion = "3.12"
    expected.env?.pythonEnv?.pipOptions?.noDeps = true
    expected.extendedWorkingStorage?.sizeGb = 300
    expected.gracefulShutdownParameters?.signal = 2
    XCTAssertEqual(merging(override, over: Fixture.full).parameters, expected)
  }

  func testADurationMergesFieldByField() {
    let override = JobParameters.with {
      $0.gracefulShutdownParameters.filled.timeout = ProtobufDuration(seconds: 30)
    }
    XCTAssertEqual(
      merging(override, over: Fixture.full).parameters.gracefulShutdownParameters?.timeout,
      ProtobufDuration(seconds: 30, nanos: 5))
  }

  func testAMessageThatTheSourceDoesNotHaveIsTaken() {
    let merged = merging(Fixture.full, over: JobParameters()).parameters
    XCTAssertEqual(merged.serializedBytes(), Fixture.full.serializedBytes())
  }
}
