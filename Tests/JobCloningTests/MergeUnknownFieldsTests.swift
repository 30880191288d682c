import JobCloning
import JobMessages
import ProtobufWire
import XCTest

/// clone-semantics §1: unknown fields merge as protobuf merges them, so a newer client loses
/// nothing.
final class MergeUnknownFieldsTests: XCTestCase {
  private func assertAppends<M: Message>(
    _ field: WritableKeyPath<JobParameters, M>, file: StaticString = #filePath, line: UInt = #line
  ) {
    var source = Fixture.full
    source[keyPath: field] = source[keyPath: field].withUnknown(1)
    var override = JobParameters()
    override[keyPath: field] = M().withUnknown(2)
    let merged = merging(override, over: source).parameters
    XCTAssertEqual(
      merged[keyPath: field].unknownFields.bytes, [0xA0, 0x06, 1, 0xA0, 0x06, 2], file: file,
      line: line)
    var known = merged
    known[keyPath: field].unknownFields = .init()
    XCTAssertEqual(known, Fixture.full, "the rest stays", file: file, line: line)

    // Over nothing the message exists for its unknown fields alone.
    XCTAssertEqual(
      merging(override, over: JobParameters()).parameters.serializedBytes(),
      override.serializedBytes(), file: file, line: line)
  }

  func testEveryMessageThatMergesAppendsThem() {
    assertAppends(\.self)
    assertAppends(\.env.filled)
    assertAppends(\.env.filled.pythonEnv.filled)
    assertAppends(\.env.filled.pythonEnv.filled.pipOptions.filled)
    assertAppends(\.extendedWorkingStorage.filled)
    assertAppends(\.gracefulShutdownParameters.filled)
    assertAppends(\.gracefulShutdownParameters.filled.timeout.filled)
    assertAppends(\.sparkParameters.filled)
  }

  func testAReplacedEntryKeepsItsOwnAndLosesTheSources() {
    var source = Fixture.full
    source.arguments[0] = source.arguments[0].withUnknown(1)
    let replacement = Argument(name: "RANGE", value: "2").withUnknown(2)
    XCTAssertEqual(
      merging(.with { $0.arguments = [replacement] }, over: source).parameters.arguments[0],
      replacement)
  }

  func testAReplacedImageKeepsItsOwnAndLosesTheSources() {
    var source = Fixture.full
    source.env.filled.dockerImageSpec = source.env.filled.dockerImageSpec.filled.withUnknown(1)
    let image = DockerImageSpec.with { $0.imageURL = "x" }.withUnknown(2)
    XCTAssertEqual(
      merging(.with { $0.env.filled.dockerImageSpec = image }, over: source).parameters.env?
        .dockerImageSpec, image)
  }
}
