import JobCloning
import JobMessages
import ProtobufWire
import XCTest

/// clone-semantics §1, rule 1: a scalar that is set replaces, one that is not keeps the source's.
final class MergeRule1ScalarTests: XCTestCase {
  func testSetReplaces() {
    let merged = merging(.with { $0.cmd = "new" }, over: Fixture.full).parameters
    XCTAssertEqual(merged.cmd, "new")
  }

  func testUnsetKeeps() {
    let merged = merging(.with { $0.s3MountIds = ["x"] }, over: Fixture.full).parameters
    XCTAssertEqual(merged.cmd, Fixture.full.cmd)
  }

  func testAFlagCanBeSetButNotTakenBack() {
    var source = Fixture.full
    source.attachProjectDisk = true
    XCTAssertTrue(merging(.with { $0.cmd = "x" }, over: source).parameters.attachProjectDisk)
    XCTAssertTrue(
      merging(.with { $0.attachProjectDisk = true }, over: Fixture.full).parameters
        .attachProjectDisk)
  }

  func testAnUnknownEnumValueReplaces() {
    let override = JobParameters.with { $0.extendedWorkingStorage.filled.type = .init(rawValue: 9) }
    let merged = merging(override, over: Fixture.full).parameters
    XCTAssertEqual(merged.extendedWorkingStorage?.type.rawValue, 9)
    XCTAssertEqual(merged.extendedWorkingStorage?.sizeGb, 200)
  }

  func testANegativeNumberReplaces() {
    let override = JobParameters.with { $0.gracefulShutdownParameters.filled.signal = -1 }
    XCTAssertEqual(
      merging(override, over: Fixture.full).parameters.gracefulShutdownParameters?.signal, -1)
  }
}
