import JobCloning
import JobMessages
import ProtobufWire
import XCTest

/// clone-semantics §4: Create is checked by the same table, with its own prefix.
final class CheckCreateTests: XCTestCase {
  func testTheLeastIsAccepted() async throws {
    let made = try await Harness().create(Fixture.least)
    XCTAssertEqual(made.job.jobParameters, Fixture.least)
  }

  func testFullParametersAreAccepted() async throws {
    let made = try await Harness().create(Fixture.full)
    XCTAssertEqual(made.job.jobParameters, Fixture.full)
  }

  func testItNeedsAProjectACommandAndAnInstanceType() async throws {
    try await assertInvalid([
      "project_id", "job_parameters.cloud_instance_types", "job_parameters.cmd",
    ]) { try await Harness().create(nil) { $0.projectID = "" } }
  }

  func testEverythingCountsAsTouched() async throws {
    let parameters = JobParameters.with {
      $0.inputFiles = [
        Fixture.file("a", var: "A"), Fixture.file("a/b", var: "B"), Fixture.file("", var: "C"),
      ]
      $0.outputFiles = [FileDesc(path: "o", var: "A")]
      $0.arguments = [Argument(name: "A}", value: ""), Argument(name: "A}", value: "")]
      $0.cmd = "${X}"
      $0.extendedWorkingStorage.filled.type = .ssd
      $0.env.filled.pythonEnv.filled.pythonVersion = "4"
    }
    try await assertInvalid(
      [
        "arguments[1].name", "arguments[0].name", "arguments[1].name", "output_files[0].var",
        "input_files[2].desc.path", "input_files[1].desc.path", "env.python_env.python_version",
        "cloud_instance_types", "extended_working_storage.size_gb", "cmd",
      ].map { "job_parameters.\($0)" }
    ) { try await Harness().create(parameters) }
  }

  func testThePolicyOfOverridesDoesNotLimitIt() async throws {
    try await Harness(policy: .officialClient).create(Fixture.full)
  }

  func testAProjectThatTheCallerMayNotReadIsNotFound() async throws {
    let harness = Harness()
    harness.rights.hide(Fixture.project)
    let error = try await jobError { try await harness.create(Fixture.least) }
    XCTAssertEqual(error.code, .notFound)
    XCTAssertEqual(error.resource?.type, "yandex.cloud.datasphere.v2.Project")
  }

  func testReadingWithoutCreatingIsPermissionDenied() async throws {
    let harness = Harness()
    harness.rights.protect(Fixture.project)
    try await assertFails(.permissionDenied) { try await harness.create(Fixture.least) }
  }
}
