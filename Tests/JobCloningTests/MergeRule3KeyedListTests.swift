import JobCloning
import JobMessages
import ProtobufWire
import XCTest

/// clone-semantics §1, rule 3: keyed lists merge by key.
final class MergeRule3KeyedListTests: XCTestCase {
  func testMatchesKeepPositionAndAdditionsFollowInRequestOrder() {
    let source = JobParameters.with {
      $0.arguments = ["a", "b", "c"].map { Argument(name: $0, value: "old") }
    }
    let override = JobParameters.with {
      $0.arguments = ["z", "c", "y", "a"].map { Argument(name: $0, value: "new") }
    }
    XCTAssertEqual(
      merging(override, over: source).parameters.arguments.map { "\($0.name)=\($0.value)" },
      ["a=new", "b=old", "c=new", "z=new", "y=new"])
  }

  func testAMatchIsReplacedWhole() {
    let replacement = File(desc: FileDesc(path: "x", var: "DATA"))
    let merged = merging(.with { $0.inputFiles = [replacement] }, over: Fixture.full).parameters
    XCTAssertEqual(merged.inputFiles[1], replacement)
  }

  func testAFileWithAVarIsFoundByItsVarWhateverItsPath() {
    let override = JobParameters.with { $0.outputFiles = [FileDesc(path: "else", var: "LOG")] }
    XCTAssertEqual(
      merging(override, over: Fixture.full).parameters.outputFiles,
      [FileDesc(path: "model.bin"), FileDesc(path: "else", var: "LOG")])
  }

  func testAFileWithoutAVarIsFoundByItsPath() {
    let file = Fixture.file("main.py", "9")
    let merged = merging(.with { $0.inputFiles = [file] }, over: Fixture.full).parameters
    XCTAssertEqual(merged.inputFiles, [file, Fixture.full.inputFiles[1]])
  }

  func testVarKeysAndPathKeysAreSeparateSpaces() {
    // The source's data.csv has a var: named by its path alone it is another file.
    let byPath = Fixture.file("data.csv", "9")
    let merged = merging(.with { $0.inputFiles = [byPath] }, over: Fixture.full).parameters
    XCTAssertEqual(merged.inputFiles, Fixture.full.inputFiles + [byPath])
    // And a var that is spelled like a path is not that path.
    let byVar = Fixture.file("x", var: "main.py", "9")
    XCTAssertEqual(
      merging(.with { $0.inputFiles = [byVar] }, over: Fixture.full).parameters.inputFiles.count, 3)
  }

  func testKeysAreComparedByteForByte() {
    let composed = "caf\u{E9}"
    let decomposed = "cafe\u{301}"
    XCTAssertEqual(composed, decomposed, "Swift holds them equal")
    let source = JobParameters.with { $0.arguments = [Argument(name: composed, value: "1")] }
    let override = JobParameters.with { $0.arguments = [Argument(name: decomposed, value: "2")] }
    XCTAssertEqual(
      merging(override, over: source).parameters.arguments.map(\.value), ["1", "2"])
  }

  func testOutputDatasetsAreFoundByVarAndByNameWithoutOne() {
    let source = JobParameters.with {
      $0.outputDatasets = [
        .with {
          $0.name = "one"
          $0.var = "ONE"
        },
        .with { $0.name = "two" },
      ]
    }
    let override = JobParameters.with {
      $0.outputDatasets = [
        .with {
          $0.name = "two"
          $0.sizeGb = 2
        },
        .with {
          $0.name = "renamed"
          $0.var = "ONE"
        },
        .with { $0.name = "one" },
      ]
    }
    XCTAssertEqual(
      merging(override, over: source).parameters.outputDatasets.map(\.name),
      ["renamed", "two", "one"])
  }

  func testManyEntriesMergeInTimeThatGrowsWithTheirNumber() {
    let count = 50_000
    let source = JobParameters.with {
      $0.arguments = (0..<count).map { Argument(name: "a\($0)", value: "1") }
      $0.env.filled.vars = .init((0..<count).map { (key: "v\($0)", value: "1") })
    }
    let override = JobParameters.with {
      $0.arguments = (0..<count).map { Argument(name: "a\(count - $0)", value: "2") }
      $0.env.filled.vars = .init((0..<count).map { (key: "v\($0 * 2)", value: "2") })
    }
    let clock = ContinuousClock()
    var merged = JobParameters()
    let time = clock.measure { merged = merging(override, over: source).parameters }
    XCTAssertEqual(merged.arguments.count, count + 1)
    XCTAssertLessThan(time, .seconds(10), "quadratic would take minutes")
  }
}
