import JobCloning
import JobMessages
import ProtobufWire
import XCTest

/// clone-semantics §1: no overrides, or an empty message anywhere, changes nothing, to the byte.
final class MergeEmptyOverrideTests: XCTestCase {
  /// Every override that says nothing, the official client's among them.
  static let voids: [JobParameters] = [
    JobParameters(),
    .with { $0.env = Environment() },
    .with { $0.env.filled.pythonEnv = PythonEnv() },
    .with { $0.env.filled.pythonEnv.filled.pipOptions = PipOptions() },
    .with { $0.extendedWorkingStorage = ExtendedWorkingStorage() },
    .with { $0.gracefulShutdownParameters = GracefulShutdownParameters() },
    .with { $0.gracefulShutdownParameters.filled.timeout = ProtobufDuration() },
    .with { $0.sparkParameters = SparkParameters() },
    .with {
      $0.env.filled.pythonEnv.filled.pipOptions = PipOptions()
      $0.extendedWorkingStorage = ExtendedWorkingStorage()
      $0.gracefulShutdownParameters.filled.timeout = ProtobufDuration()
      $0.sparkParameters = SparkParameters()
    },
  ]

  func testItChangesNothingOfFullParameters() {
    assertIdentity(over: Fixture.full)
  }

  func testItMakesNothingPresentThatTheSourceDoesNotHave() {
    assertIdentity(over: JobParameters())
    assertIdentity(over: Fixture.least)
  }

  func testItKeepsEmptyMessagesThatTheSourceHas() {
    for source in Self.voids { assertIdentity(over: source) }
  }

  func testAnEmptyMessageBesideAnOverrideIsStillNothing() {
    let override = JobParameters.with {
      $0.cmd = "new"
      $0.env.filled.pythonEnv = PythonEnv()
    }
    let merged = merging(override, over: Fixture.least).parameters
    XCTAssertNil(merged.env)
    XCTAssertEqual(merged.cmd, "new")
  }

  private func assertIdentity(
    over source: JobParameters, file: StaticString = #filePath, line: UInt = #line
  ) {
    for override in Self.voids {
      XCTAssertEqual(
        merging(override, over: source).parameters.serializedBytes(), source.serializedBytes(),
        "\(override) over \(source)", file: file, line: line)
    }
  }
}
