import JobCloning
import JobMessages
import ProtobufWire
import XCTest

/// clone-semantics §4: every `${NAME}` of the command means something.
final class CheckCommandTests: XCTestCase {
  private let root = "job_parameters_overrides"

  private func fields(_ cmd: String, _ source: Job = Fixture.source) async throws -> [String] {
    do {
      try await Harness(source: source).clone(.with { $0.cmd = cmd })
      return []
    } catch let error as JobError {
      return error.fieldViolations.map(\.field)
    }
  }

  func testEveryKindOfNameIsKnown() async throws {
    let found = try await fields(
      "${DATA} ${LOG} ${RANGE} ${RESULT} ${mount1} ${dataset1} ${_LOCAL_MODULE_7}")
    XCTAssertEqual(found, [])
  }

  func testEveryUnknownNameOfANewCommandIsReportedOnceAtTheCommand() async throws {
    let found = try await fields("${X} ${Y} ${X} ${DATA}")
    XCTAssertEqual(found, ["\(root).cmd", "\(root).cmd"])
  }

  func testAPathIsNoName() async throws {
    let found = try await fields("${main.py}")
    XCTAssertEqual(found, ["\(root).cmd"])
  }

  func testNamesAreWhatTheOfficialClientsPatternMatches() async throws {
    let known = ["$X", "$ {X}", "${}", "{X}", "${X", "${\nX}", "${X\n}", "$${DATA}", "${DATA}}"]
    for cmd in known {
      let found = try await fields(cmd)
      XCTAssertEqual(found, [], cmd)
    }
    // A name has a character, even if that is a brace; and an opening may be part of a name.
    for cmd in ["${}}", "${${DATA}", "${ DATA}", "${DATA }", "$${X}", "${\r}", "${DATA\u{301}}"] {
      let found = try await fields(cmd)
      XCTAssertEqual(found, ["\(root).cmd"], cmd)
    }
  }

  func testAnEndlessOpeningTakesTimeInProportion() async throws {
    let time = try await ContinuousClock().measure {
      _ = try await fields(String(repeating: "${", count: 1_000_000))
    }
    XCTAssertLessThan(time, .seconds(20))
  }

  func testTheProjectsHomeNeedsItsDisk() async throws {
    let found = try await fields("ls ${DS_PROJECT_HOME}")
    XCTAssertEqual(found, ["\(root).cmd"])
    try await Harness().clone(
      .with {
        $0.cmd = "ls ${DS_PROJECT_HOME}"
        $0.attachProjectDisk = true
      })
    var source = Fixture.source
    source.jobParameters?.attachProjectDisk = true
    let attached = try await fields("ls ${DS_PROJECT_HOME}", source)
    XCTAssertEqual(attached, [])
  }

  func testAnOverrideThatTakesANameAwayIsAtFaultUnderAnOldCommand() async throws {
    try await assertInvalid(["\(root).s3_mount_ids", "\(root).dataset_ids"]) {
      try await Harness().clone(
        .with {
          $0.s3MountIds = ["mount2"]
          $0.datasetIds = ["dataset1"]
        })
    }
    try await Harness().clone(.with { $0.s3MountIds = ["mount1"] })
  }

  func testUnderANewCommandTheCommandIsAtFault() async throws {
    try await assertInvalid(["\(root).cmd"]) {
      try await Harness().clone(
        .with {
          $0.cmd = "${mount1}"
          $0.s3MountIds = ["mount2"]
        })
    }
  }

  func testANameThatWasUnknownBeforeIsNotReported() async throws {
    var source = Fixture.source
    source.jobParameters?.cmd = "${NOBODY} ${DS_PROJECT_HOME}"
    try await Harness(source: source).clone(.with { $0.s3MountIds = ["mount3"] })
    try await Harness(source: source).clone()
  }

  func testAnAdditionCanBringTheName() async throws {
    try await Harness().clone(
      .with {
        $0.cmd = "${NEW}"
        $0.arguments = [Argument(name: "NEW", value: "1")]
      })
  }

  func testTheCommandStaysATemplate() async throws {
    let made = try await Harness().clone(.with { $0.cmd = "  ${DATA} \n" })
    XCTAssertEqual(made.job.jobParameters?.cmd, "  ${DATA} \n")
  }
}
