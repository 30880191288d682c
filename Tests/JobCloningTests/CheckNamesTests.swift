import JobCloning
import JobMessages
import ProtobufWire
import XCTest

/// clone-semantics §4: names by themselves, reserved names, and one name used twice.
final class CheckNamesTests: XCTestCase {
  private let root = "job_parameters_overrides"

  func testAVarMatchesTheOfficialClientsPattern() async throws {
    for name in ["A-z_09", "[\\]^_`", String(repeating: "v", count: 50)] {
      try await Harness().clone(
        .with {
          $0.cmd = "true"
          $0.inputFiles = [Fixture.file("in", var: name)]
        })
      try await Harness().clone(
        .with {
          $0.cmd = "true"
          $0.outputFiles = [FileDesc(path: "out", var: name)]
        })
    }
    for name in ["a b", "a.b", "{", "\u{E9}", "a\n", "A\u{301}", String(repeating: "v", count: 51)]
    {
      try await assertInvalid([
        "\(root).input_files[0].desc.var", "\(root).output_files[0].var",
      ]) {
        try await Harness().clone(
          .with {
            $0.cmd = "true"
            $0.inputFiles = [Fixture.file("in", var: name)]
            $0.outputFiles = [FileDesc(path: "out", var: name + ".")]
          })
      }
    }
  }

  func testAnArgumentNameAndAnOutputDatasetVarHaveNeitherBraceNorNewline() async throws {
    for name in ["", "a}", "a\nb", "a\r\nb", "}\u{301}"] {
      try await assertInvalid([
        "\(root).arguments[0].name", "\(root).output_datasets[0].var",
      ]) {
        try await Harness().clone(
          .with {
            $0.cmd = "true"
            $0.arguments = [Argument(name: name, value: "")]
            $0.outputDatasets = [.with { $0.var = name.isEmpty ? "" : name + name }]
          })
      }
    }
    try await Harness().clone(
      .with {
        $0.cmd = "true"
        $0.arguments = [Argument(name: "any thing: $ { \u{E9}", value: "")]
      })
  }

  func testReservedNamesAreRefused() async throws {
    for name in ["DS_PROJECT_HOME", "_LOCAL_MODULE", "_LOCAL_MODULE_0", "_LOCAL_MODULES"] {
      for (field, overrides) in naming(name) {
        try await assertInvalid(["\(root).\(field)"]) { try await Harness().clone(overrides) }
      }
    }
    for name in ["DS_PROJECT_HOM", "DS_PROJECT_HOME_", "LOCAL_MODULE", "_local_module"] {
      for (_, overrides) in naming(name) { try await Harness().clone(overrides) }
    }
  }

  func testLocalModulesHaveTheReservedNames() async throws {
    try await Harness().clone(
      .with {
        $0.env.filled.pythonEnv.filled.localModules = [
          Fixture.file("/tmp/x.zip", var: "_LOCAL_MODULE_0")
        ]
      })
  }

  func testOneNameUsedTwiceIsRefusedWhereTheRequestUsesIt() async throws {
    // Against what is inherited: RANGE is an argument, DATA an input, mount1 a mount.
    try await assertInvalid([
      "\(root).input_files[0].desc.var", "\(root).output_files[0].var", "\(root).arguments[0].name",
    ]) {
      try await Harness().clone(
        .with {
          $0.cmd = "true"
          $0.inputFiles = [Fixture.file("x", var: "RANGE")]
          $0.outputFiles = [FileDesc(path: "y", var: "DATA")]
          $0.arguments = [Argument(name: "mount1", value: "")]
        })
    }
  }

  func testOneNameUsedTwiceInTheRequestIsRefusedAtTheLater() async throws {
    try await assertInvalid([
      "\(root).output_files[0].var", "\(root).arguments[0].name", "\(root).output_datasets[0].var",
      "\(root).s3_mount_ids[0]", "\(root).dataset_ids[1]",
    ]) {
      try await Harness().clone(
        .with {
          $0.cmd = "true"
          $0.inputFiles = [Fixture.file("x", var: "N")]
          $0.outputFiles = [FileDesc(path: "y", var: "N")]
          $0.arguments = [Argument(name: "N", value: "")]
          $0.outputDatasets = [.with { $0.var = "N" }]
          $0.s3MountIds = ["N"]
          $0.datasetIds = ["other", "N"]
        })
    }
  }

  func testOneMountTwiceIsRefused() async throws {
    try await assertInvalid(["\(root).s3_mount_ids[2]"]) {
      try await Harness().clone(.with { $0.s3MountIds = ["mount1", "mount2", "mount1"] })
    }
  }

  func testAReplacedMountFreesItsName() async throws {
    try await Harness().clone(
      .with {
        $0.cmd = "true"
        $0.s3MountIds = ["other"]
        $0.arguments = [Argument(name: "mount1", value: "")]
      })
  }

  func testNamesAreComparedByteForByte() async throws {
    try await Harness().clone(
      .with {
        $0.cmd = "true"
        $0.arguments = [
          Argument(name: "\u{E9}", value: ""), Argument(name: "e\u{301}", value: ""),
        ]
      })
  }

  func testAnInheritedFaultIsNotReported() async throws {
    var source = Fixture.source
    source.jobParameters?.arguments.append(Argument(name: "DATA", value: "1"))
    source.jobParameters?.arguments.append(Argument(name: "a}", value: "1"))
    try await Harness(source: source).clone()
    try await Harness(source: source).clone(
      .with { $0.arguments = [Argument(name: "RANGE", value: "2")] })
  }

  /// Overrides that use this name in each place that has a name of its own.
  private func naming(_ name: String) -> [(field: String, JobParameters)] {
    [
      (
        "input_files[0].desc.var",
        .with {
          $0.cmd = "true"
          $0.inputFiles = [Fixture.file("x", var: name)]
        }
      ),
      (
        "output_files[0].var",
        .with {
          $0.cmd = "true"
          $0.outputFiles = [FileDesc(path: "x", var: name)]
        }
      ),
      (
        "arguments[0].name",
        .with {
          $0.cmd = "true"
          $0.arguments = [Argument(name: name, value: "")]
        }
      ),
      (
        "output_datasets[0].var",
        .with {
          $0.cmd = "true"
          $0.outputDatasets = [.with { $0.var = name }]
        }
      ),
    ]
  }
}
