import JobCloning
import JobMessages
import ProtobufWire
import XCTest

/// clone-semantics §1: a parameter outside the policy is refused at its path, never dropped.
final class CheckPolicyTests: XCTestCase {
  /// An override of each parameter, and the path at which it is refused.
  private let overrides: [(OverridableParameters, path: String, JobParameters)] = [
    (.inputFiles, "input_files", .with { $0.inputFiles = [Fixture.file("n", var: "DATA")] }),
    (.outputFiles, "output_files", .with { $0.outputFiles = [FileDesc(path: "n", var: "LOG")] }),
    (.s3Mounts, "s3_mount_ids", .with { $0.s3MountIds = ["mount1"] }),
    (.datasets, "dataset_ids", .with { $0.datasetIds = ["dataset2"] }),
    (.command, "cmd", .with { $0.cmd = "true" }),
    (.environmentVariables, "env.vars", .with { $0.env.filled.vars = ["A": "1"] }),
    (
      .dockerImage, "env.docker_image_resource_id",
      .with { $0.env.filled.dockerImage = .resourceID("i") }
    ),
    (
      .dockerImage, "env.docker_image_spec",
      .with { $0.env.filled.dockerImageSpec = .with { $0.imageURL = "i" } }
    ),
    (
      .pythonEnvironment, "env.python_env",
      .with { $0.env.filled.pythonEnv.filled.pythonVersion = "3.9" }
    ),
    (.unknown, "env", .with { $0.env = Environment().withUnknown(1) }),
    (.projectDisk, "attach_project_disk", .with { $0.attachProjectDisk = true }),
    (
      .cloudInstanceTypes, "cloud_instance_types",
      .with { $0.cloudInstanceTypes = [CloudInstanceType(name: "c")] }
    ),
    (
      .workingStorage, "extended_working_storage",
      .with { $0.extendedWorkingStorage.filled.sizeGb = 100 }
    ),
    (.arguments, "arguments", .with { $0.arguments = [Argument(name: "RANGE", value: "2")] }),
    (
      .outputDatasets, "output_datasets",
      .with { $0.outputDatasets = [.with { $0.var = "RESULT" }] }
    ),
    (
      .gracefulShutdown, "graceful_shutdown_parameters",
      .with { $0.gracefulShutdownParameters.filled.signal = 2 }
    ),
    (.spark, "spark_parameters", .with { $0.sparkParameters.filled.connectorID = "s" }),
    (.unknown, "", JobParameters().withUnknown(1)),
  ]

  func testEveryParameterHasARow() {
    let covered = overrides.reduce(into: OverridableParameters()) { $0.insert($1.0) }
    XCTAssertEqual(covered, .all)
    XCTAssertEqual(
      OverridableParameters.named.reduce(into: OverridableParameters()) { $0.insert($1.parameter) },
      .all)
  }

  func testAParameterOutsideThePolicyIsRefusedAtItsPath() async throws {
    for (parameter, path, override) in overrides {
      let policy = OverridePolicy(allowed: .all.subtracting(parameter))
      let root = "job_parameters_overrides"
      try await assertInvalid([path.isEmpty ? root : "\(root).\(path)"]) {
        try await Harness(policy: policy).clone(override)
      }
    }
  }

  func testAParameterInsideThePolicyIsTaken() async throws {
    for (parameter, _, override) in overrides {
      let made = try await Harness(policy: OverridePolicy(allowed: parameter)).clone(override)
      XCTAssertNotEqual(made.job.jobParameters, Fixture.full)
    }
  }

  func testTheOfficialClientsPresetAllowsWhatItSends() async throws {
    let allowed = overrides.filter { OverridePolicy.officialClient.allowed.contains($0.0) }
    XCTAssertEqual(
      Set(allowed.map(\.path)),
      [
        "input_files", "output_files", "arguments", "env.vars", "env.docker_image_resource_id",
        "env.docker_image_spec", "extended_working_storage", "cloud_instance_types",
      ])
    for (_, _, override) in allowed { try await Harness(policy: .officialClient).clone(override) }
    try await Harness(policy: .officialClient).clone(.with { $0.env = Environment() })
  }

  func testEveryParameterIsAllowedByDefault() {
    XCTAssertEqual(OverridePolicy().allowed, .all)
  }
}
