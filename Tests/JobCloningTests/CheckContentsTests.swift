import JobCloning
import JobMessages
import ProtobufWire
import XCTest

/// clone-semantics §4: digests, sizes, compressions, and how many of everything there are.
final class CheckContentsTests: XCTestCase {
  private let root = "job_parameters_overrides"
  private let gib: Int64 = 1 << 30

  private func replacing(_ change: (inout File) -> Void) -> JobParameters {
    var file = Fixture.file("data.csv", var: "DATA", "9")
    change(&file)
    return .with { $0.inputFiles = [file] }
  }

  func testADigestIs64LowercaseHexadecimalDigits() async throws {
    let refused = [
      "", "a", String(repeating: "a", count: 63), String(repeating: "a", count: 65),
      String(repeating: "A", count: 64), String(repeating: "g", count: 64),
      String(repeating: "\u{E9}", count: 32),
    ]
    for sha256 in refused {
      try await assertInvalid(["\(root).input_files[0].sha256"]) {
        try await Harness().clone(replacing { $0.sha256 = sha256 })
      }
    }
  }

  func testASizeIsFromZeroTo5GiB() async throws {
    for size in [-1, .min, 5 * gib + 1, .max] {
      let error = try await jobError {
        try await Harness().clone(replacing { $0.sizeBytes = size })
      }
      XCTAssertEqual(error.fieldViolations.first?.field, "\(root).input_files[0].size_bytes")
    }
    for size in [0, 1, 5 * gib] {
      try await Harness().clone(replacing { $0.sizeBytes = size })
    }
  }

  func testInputsAndLocalModulesHave10GiBTogether() async throws {
    let inputs = [Fixture.file("x", var: "X", "1"), Fixture.file("y", var: "Y", "2")].map { file in
      var file = file
      file.sizeBytes = 5 * gib
      return file
    }
    // The source has 30 bytes of its own in main.py, data.csv and a local module.
    try await assertInvalid(["\(root).input_files"]) {
      try await Harness().clone(
        .with {
          $0.cmd = "true"
          $0.inputFiles = inputs
        })
    }
    var source = Fixture.source
    source.jobParameters?.inputFiles = inputs
    source.jobParameters?.cmd = "true"
    let module = JobParameters.with {
      $0.env.filled.pythonEnv.filled.localModules = [Fixture.file("m.zip", "3")]
    }
    try await assertInvalid(["\(root).env.python_env.local_modules"]) {
      try await Harness(source: source).clone(module)
    }
    try await Harness(source: source).clone(.with { $0.cmd = "false" })
  }

  func testTheLimitsOfSizeAreThePolicys() async throws {
    var policy = OverridePolicy()
    policy.limits.fileSize = 20
    policy.limits.totalFileSize = 40
    try await Harness(policy: policy).clone(replacing { $0.sizeBytes = 20 })
    try await assertInvalid([
      "\(root).input_files[0].size_bytes", "\(root).input_files",
    ]) { try await Harness(policy: policy).clone(replacing { $0.sizeBytes = 21 }) }
  }

  func testOneContentHasOneSizeInARequest() async throws {
    try await assertInvalid([
      "\(root).input_files[1].size_bytes", "\(root).env.python_env.local_modules[0].size_bytes",
    ]) {
      try await Harness().clone(
        .with {
          $0.cmd = "true"
          var other = Fixture.file("y", var: "Y", "9")
          other.sizeBytes = 11
          $0.inputFiles = [Fixture.file("x", var: "X", "9"), other]
          other.sizeBytes = 12
          $0.env.filled.pythonEnv.filled.localModules = [other]
        })
    }
  }

  func testOneContentHasOneSizeAgainstWhatIsInherited() async throws {
    // main.py has the content a…a with 10 bytes.
    try await assertInvalid(["\(root).input_files[0].size_bytes"]) {
      try await Harness().clone(
        replacing {
          $0.sha256 = Fixture.sha("a")
          $0.sizeBytes = 11
        })
    }
  }

  func testEmptyContentHasNoOtherSize() async throws {
    try await assertInvalid(["\(root).input_files[0].size_bytes"]) {
      try await Harness().clone(replacing { $0.sha256 = ContentID.empty.sha256 })
    }
  }

  func testACompressionIsKnown() async throws {
    try await assertInvalid([
      "\(root).input_files[0].compression_type",
      "\(root).env.python_env.local_modules[0].compression_type",
    ]) {
      try await Harness().clone(
        .with {
          var file = Fixture.file("data.csv", var: "DATA")
          file.compressionType = FileCompressionType(rawValue: 3)
          $0.inputFiles = [file]
          file.compressionType = FileCompressionType(rawValue: -1)
          $0.env.filled.pythonEnv.filled.localModules = [file]
        })
    }
    for known in FileCompressionType.names.map(\.value) {
      try await Harness().clone(replacing { $0.compressionType = known })
    }
  }

  func testThereAreAtMost100OfEverything() async throws {
    func overrides(_ count: Int) -> JobParameters {
      .with {
        $0.cmd = "true"
        // The source has two files of each kind, which stay.
        $0.inputFiles = (2..<count).map { Fixture.file("i\($0)") }
        $0.outputFiles = (2..<count).map { FileDesc(path: "o\($0)") }
        $0.s3MountIds = (0..<count).map { "s\($0)" }
        $0.datasetIds = (0..<count).map { "d\($0)" }
      }
    }
    try await Harness().clone(overrides(100))
    try await assertInvalid([
      "\(root).input_files", "\(root).output_files", "\(root).s3_mount_ids", "\(root).dataset_ids",
    ]) { try await Harness().clone(overrides(101)) }
  }

  func testAReplacementDoesNotTouchTheNumber() async throws {
    var policy = OverridePolicy()
    policy.limits.inputFiles = 1
    policy.limits.outputFiles = 1
    try await Harness(policy: policy).clone(
      .with {
        $0.inputFiles = [Fixture.file("data2.csv", var: "DATA")]
        $0.outputFiles = [FileDesc(path: "log2", var: "LOG")]
      })
  }
}
