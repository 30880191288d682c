import JobCloning
import JobMessages
import ProtobufWire
import XCTest

/// clone-semantics §1, rule 3, and §4: keys that are unknown, used twice or empty.
final class CheckKeysTests: XCTestCase {
  private let root = "job_parameters_overrides"

  private let additions = JobParameters.with {
    $0.inputFiles = [
      Fixture.file("new1", var: "NEW1"), Fixture.file("new2"), Fixture.file("main.py"),
    ]
    $0.outputFiles = [FileDesc(path: "new3", var: "NEW3"), FileDesc(path: "new4")]
    $0.arguments = [Argument(name: "RANGE", value: "2"), Argument(name: "NEW5", value: "")]
    $0.outputDatasets = [
      .with {
        $0.name = "new6"
        $0.var = "NEW6"
      }
    ]
  }

  func testAnUnknownKeyWithoutANewCommandIsRefusedAtTheKeysField() async throws {
    try await assertInvalid([
      "\(root).input_files[0].desc.var", "\(root).input_files[1].desc.path",
      "\(root).output_files[0].var", "\(root).output_files[1].path",
      "\(root).arguments[1].name", "\(root).output_datasets[0].var",
    ]) { try await Harness().clone(additions) }
  }

  func testAnUnknownKeyIsNamedWithThoseOfTheSourceNearestFirst() async throws {
    func message(_ overrides: JobParameters) async throws -> String {
      try await jobError { try await Harness().clone(overrides) }.message
    }
    let rest = "; one can be added only together with a new cmd"
    let argument = try await message(.with { $0.arguments = [Argument(name: "RANG", value: "")] })
    XCTAssertEqual(
      argument,
      "\(root).arguments[0].name: the source job has no argument \"RANG\", only \"RANGE\", "
        + "\"EPOCHS\"" + rest)
    let file = try await message(.with { $0.inputFiles = [Fixture.file("x", var: "DATS")] })
    XCTAssertEqual(
      file,
      "\(root).input_files[0].desc.var: the source job has no input file \"DATS\", "
        + "only \"DATA\", \"main.py\"" + rest)
  }

  func testManyUnknownKeysAmongManyFitIntoAReply() async throws {
    var source = Fixture.source
    source.jobParameters?.arguments = (0..<100).map {
      Argument(name: "SOME_ARGUMENT_WITH_A_LONG_NAME_\($0)", value: "1")
    }
    let overrides = JobParameters.with {
      $0.arguments = (0..<1_000).map {
        Argument(name: String(repeating: "\u{10000}", count: 1_000) + "\($0)", value: "")
      }
    }
    let error = try await jobError { try await Harness(source: source).clone(overrides) }
    XCTAssertEqual(error.message.ranges(of: "SOME_ARGUMENT").count, 5)
    XCTAssertTrue(error.message.contains(" and others"), error.message)
    // What clients take as metadata by default, with the details in base64 and without padding.
    let percentEncoded = error.message.utf8.reduce(0) { $0 + ($1 < 0x80 ? 1 : 3) }
    let details = error.googleStatus(requestID: "id").serializedSize * 4 / 3
    XCTAssertLessThan(percentEncoded + details, 8 << 10)
  }

  func testWithANewCommandItIsAnAddition() async throws {
    var overrides = additions
    overrides.cmd = "true"
    let made = try await Harness().clone(overrides)
    XCTAssertEqual(
      made.job.jobParameters?.inputFiles.compactMap { $0.desc?.path },
      ["main.py", "data.csv", "new1", "new2"])
    XCTAssertEqual(
      made.job.jobParameters?.arguments.map(\.name), ["RANGE", "EPOCHS", "NEW5"])
  }

  func testOneKeyTwiceInARequestIsRefusedAtTheSecond() async throws {
    let overrides = JobParameters.with {
      $0.inputFiles = [Fixture.file("x", var: "DATA"), Fixture.file("y", var: "DATA")]
      $0.outputFiles = [FileDesc(path: "model.bin"), FileDesc(path: "model.bin")]
      $0.arguments = ["RANGE", "EPOCHS", "RANGE"].map { Argument(name: $0, value: "") }
      $0.outputDatasets = [.with { $0.var = "RESULT" }, .with { $0.var = "RESULT" }]
    }
    try await assertInvalid([
      "\(root).input_files[1].desc.var", "\(root).output_files[1].path",
      "\(root).arguments[2].name", "\(root).output_datasets[1].var",
    ]) { try await Harness().clone(overrides) }
  }

  func testOneNewKeyTwiceIsRefusedWithANewCommandToo() async throws {
    let overrides = JobParameters.with {
      $0.cmd = "true"
      $0.arguments = [Argument(name: "NEW", value: "1"), Argument(name: "NEW", value: "2")]
    }
    try await assertInvalid(["\(root).arguments[1].name"]) {
      try await Harness().clone(overrides)
    }
  }

  func testAnEmptyKeyIsRefused() async throws {
    let overrides = JobParameters.with {
      $0.cmd = "true"
      $0.inputFiles = [.with { $0.sha256 = Fixture.sha("9") }]
      $0.outputFiles = [FileDesc()]
      $0.arguments = [Argument(name: "", value: "1")]
      $0.outputDatasets = [OutputDatasetDesc()]
    }
    try await assertInvalid([
      "\(root).arguments[0].name", "\(root).output_datasets[0].var",
      "\(root).input_files[0].desc.path", "\(root).output_files[0].path",
    ]) { try await Harness().clone(overrides) }
  }

  func testASourceFileWithAVarNamedByItsPathAloneIsAnAddition() async throws {
    let byPath = JobParameters.with { $0.inputFiles = [Fixture.file("data.csv")] }
    let refused = try await jobError { try await Harness().clone(byPath) }
    XCTAssertEqual(Set(refused.fieldViolations.map(\.field)), ["\(root).input_files[0].desc.path"])
    XCTAssertTrue(refused.message.contains("has no input file \"data.csv\""), refused.message)
    // With a new command it is refused as well, as two equal paths.
    var withCommand = byPath
    withCommand.cmd = "true"
    let error = try await jobError { try await Harness().clone(withCommand) }
    XCTAssertEqual(error.fieldViolations.map(\.field), ["\(root).input_files[0].desc.path"])
    XCTAssertTrue(error.message.contains("same path"), error.message)
  }
}
