import JobCloning
import JobMessages
import ProtobufWire
import XCTest

/// clone-semantics §1, rule 4: an unkeyed list is replaced whole, in the override's order, or kept.
final class MergeRule4UnkeyedListTests: XCTestCase {
  func testNotEmptyReplacesWholeInTheOverridesOrder() {
    let override = JobParameters.with {
      $0.s3MountIds = ["z", "mount2"]
      $0.datasetIds = ["y"]
      $0.cloudInstanceTypes = ["c3", "c1"].map { CloudInstanceType(name: $0) }
      $0.env.filled.pythonEnv.filled.requirements = ["b", "a"]
      $0.env.filled.pythonEnv.filled.localModules = [Fixture.file("n.zip", "9")]
      $0.env.filled.pythonEnv.filled.pipOptions.filled.extraIndexUrls = ["e"]
      $0.env.filled.pythonEnv.filled.pipOptions.filled.trustedHosts = ["t"]
    }
    let merged = merging(override, over: Fixture.full).parameters
    XCTAssertEqual(merged.s3MountIds, ["z", "mount2"])
    XCTAssertEqual(merged.datasetIds, ["y"])
    XCTAssertEqual(merged.cloudInstanceTypes.map(\.name), ["c3", "c1"])
    XCTAssertEqual(merged.env?.pythonEnv?.requirements, ["b", "a"])
    XCTAssertEqual(merged.env?.pythonEnv?.localModules, [Fixture.file("n.zip", "9")])
    XCTAssertEqual(merged.env?.pythonEnv?.pipOptions?.extraIndexUrls, ["e"])
    XCTAssertEqual(merged.env?.pythonEnv?.pipOptions?.trustedHosts, ["t"])
  }

  func testEmptyKeeps() {
    let override = JobParameters.with { $0.env.filled.pythonEnv.filled.pythonVersion = "3.9" }
    var expected = Fixture.full
    expected.env?.pythonEnv?.pythonVersion = "3.9"
    XCTAssertEqual(merging(override, over: Fixture.full).parameters, expected)
  }
}
