import JobCloning
import JobMessages
import ProtobufWire
import XCTest

/// clone-semantics §1, a row for every field of JobParameters: what an override of that field
/// alone makes of parameters that have something in every field.
final class MergeTableTests: XCTestCase {
  func testEveryFieldOfTheContractHasARow() throws {
    let fields = try DescriptorSet().paths(of: ".yandex.cloud.datasphere.v2.jobs.JobParameters")
    XCTAssertEqual(Set(fields).subtracting(Self.rows.map(\.path)), [], "fields without a row")
    XCTAssertEqual(Set(Self.rows.map(\.path)).subtracting(fields), [], "rows without a field")
    XCTAssertGreaterThan(fields.count, 50)
  }

  func testEveryRowSetsItsField() {
    for row in Self.rows {
      XCTAssertTrue(
        SetFields.paths(of: row.override).contains(row.path), "\(row.path): \(row.override)")
    }
  }

  func testEveryRowMergesAsItSays() {
    for row in Self.rows {
      let merged = merging(row.override, over: Fixture.full).parameters
      XCTAssertEqual(merged, row.expected, row.path)
      XCTAssertEqual(merged.serializedBytes(), row.expected.serializedBytes(), row.path)
      XCTAssertNotEqual(merged, Fixture.full, "\(row.path) changes nothing")
    }
  }

  func testEveryRowOverNothingIsTheOverride() {
    for row in Self.rows {
      let merged = merging(row.override, over: JobParameters()).parameters
      XCTAssertEqual(merged.serializedBytes(), row.override.serializedBytes(), row.path)
    }
  }

  func testAFieldThatTheRowDoesNotNameNeverChanges() {
    for row in Self.rows {
      let top = row.path.split(separator: ".").first.map(String.init) ?? ""
      let merged = merging(row.override, over: Fixture.full).parameters
      for other in TopLevelField.all where other.name != top {
        XCTAssertEqual(
          other.encoded(merged), other.encoded(Fixture.full), "\(row.path) changed \(other.name)")
      }
    }
  }

  /// What an override of one field does.
  struct Row {
    let path: String
    let override: JobParameters
    let expected: JobParameters

    /// A field that the same assignment sets in the override and in the result.
    init(_ path: String, _ change: (inout JobParameters) -> Void) {
      self.init(path, change, expect: change)
    }

    /// A field whose override makes something else of the result.
    init(
      _ path: String, _ change: (inout JobParameters) -> Void,
      expect: (inout JobParameters) -> Void
    ) {
      self.path = path
      override = .with { change(&$0) }
      var expected = Fixture.full
      expect(&expected)
      self.expected = expected
    }

    /// An entry of `input_files` that replaces the source's entry with the var DATA, or, without a
    /// var, the one with the path main.py.
    static func input(_ path: String, _ file: File) -> Row {
      Row("input_files.\(path)") {
        $0.inputFiles = [file]
      } expect: {
        $0.inputFiles[file.desc.filled.var.isEmpty ? 0 : 1] = file
      }
    }

    /// Local modules that replace the source's.
    static func module(_ path: String, _ file: File) -> Row {
      Row("env.python_env.local_modules.\(path)") {
        $0.env.filled.pythonEnv.filled.localModules = [file]
      }
    }

    /// An entry of `output_datasets` that replaces the source's entry.
    static func dataset(_ path: String, _ change: (inout OutputDatasetDesc) -> Void) -> Row {
      let dataset = OutputDatasetDesc.with {
        $0.var = "RESULT"
        change(&$0)
      }
      return Row("output_datasets.\(path)") { $0.outputDatasets = [dataset] }
    }

    /// An image that replaces the source's.
    static func image(_ path: String, _ change: (inout DockerImageSpec) -> Void) -> Row {
      let spec = DockerImageSpec.with { change(&$0) }
      return Row("env.docker_image_spec\(path)") { $0.env.filled.dockerImageSpec = spec }
    }
  }

  static let rows: [Row] = [
    Row("input_files") {
      $0.inputFiles = [Fixture.file("new.csv", var: "DATA", "9")]
    } expect: {
      $0.inputFiles[1] = Fixture.file("new.csv", var: "DATA", "9")
    },
    .input("desc", File(desc: FileDesc(path: "main.py"))),
    .input("desc.path", File(desc: FileDesc(path: "main.py"), sha256: Fixture.sha("8"))),
    .input("desc.var", File(desc: FileDesc(path: "", var: "DATA"))),
    .input("sha256", File(desc: FileDesc(path: "", var: "DATA"), sha256: Fixture.sha("7"))),
    .input("size_bytes", File(desc: FileDesc(path: "", var: "DATA"), sizeBytes: 77)),
    .input("compression_type", File(desc: FileDesc(path: "", var: "DATA"), compressionType: .zip)),
    Row("output_files") {
      $0.outputFiles = [FileDesc(path: "new.txt", var: "LOG")]
    } expect: {
      $0.outputFiles[1] = FileDesc(path: "new.txt", var: "LOG")
    },
    Row("output_files.path") {
      $0.outputFiles = [FileDesc(path: "added.bin")]
    } expect: {
      $0.outputFiles.append(FileDesc(path: "added.bin"))
    },
    Row("output_files.var") {
      $0.outputFiles = [FileDesc(path: "", var: "LOG")]
    } expect: {
      $0.outputFiles[1] = FileDesc(path: "", var: "LOG")
    },
    Row("s3_mount_ids") { $0.s3MountIds = ["mount3"] },
    Row("dataset_ids") { $0.datasetIds = ["dataset2", "dataset1"] },
    Row("cmd") { $0.cmd = "true" },
    Row("env") { $0.env.filled.vars["MODE"] = "slow" },
    Row("env.vars") { $0.env.filled.vars["LANG"] = "C" },
    Row("env.docker_image_resource_id") {
      $0.env.filled.dockerImageResourceID = "system-python-3-10"
    },
    .image("") { $0.imageURL = "cr.example/image:2" },
    .image(".image_url") { $0.imageURL = "cr.example/image:1" },
    .image(".username") { $0.username = "other" },
    .image(".password_plain_text") { $0.passwordPlainText = "open sesame" },
    .image(".password_ds_secret_name") { $0.passwordDsSecretName = "other-secret" },
    Row("env.python_env") { $0.env.filled.pythonEnv.filled.pythonVersion = "3.12.1" },
    Row("env.python_env.conda_yaml") { $0.env.filled.pythonEnv.filled.condaYaml = "name: x" },
    Row("env.python_env.local_modules") {
      $0.env.filled.pythonEnv.filled.localModules = [Fixture.file("1.zip"), Fixture.file("2.zip")]
    },
    .module("desc", File(desc: FileDesc())),
    .module("desc.path", File(desc: FileDesc(path: "2.zip"))),
    .module("desc.var", File(desc: FileDesc(path: "", var: "_LOCAL_MODULE_0"))),
    .module("sha256", .with { $0.sha256 = Fixture.sha("6") }),
    .module("size_bytes", .with { $0.sizeBytes = 66 }),
    .module("compression_type", .with { $0.compressionType = .zip }),
    Row("env.python_env.python_version") { $0.env.filled.pythonEnv.filled.pythonVersion = "3.9" },
    Row("env.python_env.requirements") { $0.env.filled.pythonEnv.filled.requirements = ["scipy"] },
    Row("env.python_env.pip_options") {
      $0.env.filled.pythonEnv.filled.pipOptions.filled.indexURL = "https://other.example"
    },
    Row("env.python_env.pip_options.index_url") {
      $0.env.filled.pythonEnv.filled.pipOptions.filled.indexURL = "https://third.example"
    },
    Row("env.python_env.pip_options.extra_index_urls") {
      $0.env.filled.pythonEnv.filled.pipOptions.filled.extraIndexUrls = ["https://b", "https://a"]
    },
    Row("env.python_env.pip_options.trusted_hosts") {
      $0.env.filled.pythonEnv.filled.pipOptions.filled.trustedHosts = ["b", "a"]
    },
    Row("attach_project_disk") { $0.attachProjectDisk = true },
    Row("env.python_env.pip_options.no_deps") {
      $0.env.filled.pythonEnv.filled.pipOptions.filled.noDeps = true
    },
    Row("cloud_instance_types") { $0.cloudInstanceTypes = [CloudInstanceType(name: "g2.1")] },
    Row("cloud_instance_types.name") {
      $0.cloudInstanceTypes = [CloudInstanceType(name: "g1.1"), CloudInstanceType(name: "c1.4")]
    },
    Row("extended_working_storage") { $0.extendedWorkingStorage.filled.sizeGb = 300 },
    Row("extended_working_storage.type") {
      $0.extendedWorkingStorage.filled.type = ExtendedWorkingStorage.StorageType(rawValue: 2)
    },
    Row("extended_working_storage.size_gb") { $0.extendedWorkingStorage.filled.sizeGb = 400 },
    Row("arguments") {
      $0.arguments = [Argument(name: "EPOCHS", value: "20"), Argument(name: "RANGE", value: "2")]
    } expect: {
      $0.arguments = [Argument(name: "RANGE", value: "2"), Argument(name: "EPOCHS", value: "20")]
    },
    Row("arguments.name") {
      $0.arguments = [Argument(name: "RANGE", value: "")]
    } expect: {
      $0.arguments[0].value = ""
    },
    Row("arguments.value") {
      $0.arguments = [Argument(name: "RANGE", value: "7")]
    } expect: {
      $0.arguments[0].value = "7"
    },
    Row("output_datasets") {
      $0.outputDatasets = [.with { $0.name = "second" }]
    } expect: {
      $0.outputDatasets.append(.with { $0.name = "second" })
    },
    .dataset("name") { $0.name = "renamed" },
    .dataset("description") { $0.description = "described" },
    .dataset("labels") { $0.labels = ["stage": "b"] },
    .dataset("size_gb") { $0.sizeGb = 50 },
    .dataset("var") { _ in },
    Row("graceful_shutdown_parameters") { $0.gracefulShutdownParameters.filled.signal = 2 },
    Row("graceful_shutdown_parameters.timeout") {
      $0.gracefulShutdownParameters.filled.timeout.filled.seconds = 20
    },
    Row("graceful_shutdown_parameters.timeout.seconds") {
      $0.gracefulShutdownParameters.filled.timeout.filled.seconds = 30
    },
    Row("graceful_shutdown_parameters.timeout.nanos") {
      $0.gracefulShutdownParameters.filled.timeout.filled.nanos = 6
    },
    Row("graceful_shutdown_parameters.signal") { $0.gracefulShutdownParameters.filled.signal = 9 },
    Row("spark_parameters") { $0.sparkParameters.filled.connectorID = "spark2" },
    Row("spark_parameters.connector_id") { $0.sparkParameters.filled.connectorID = "spark3" },
  ]
}
