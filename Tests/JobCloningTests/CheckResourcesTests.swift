import JobCloning
import JobMessages
import ProtobufWire
import XCTest

/// clone-semantics §4: instance types, working storage, output datasets, shutdown.
final class CheckResourcesTests: XCTestCase {
  private let root = "job_parameters_overrides"

  func testAnInstanceTypeHasAName() async throws {
    try await assertInvalid(["\(root).cloud_instance_types[1].name"]) {
      try await Harness().clone(
        .with {
          $0.cloudInstanceTypes = [CloudInstanceType(name: "c1.4"), CloudInstanceType(name: "")]
        })
    }
  }

  func testASourceWithoutInstanceTypesCanBeCloned() async throws {
    var source = Fixture.source
    source.jobParameters?.cloudInstanceTypes = []
    try await Harness(source: source).clone(.with { $0.cmd = "true" })
  }

  func testAWorkingStorageHas100To10240Gigabytes() async throws {
    for size in [100, 10_240] as [Int64] {
      try await Harness().clone(.with { $0.extendedWorkingStorage.filled.sizeGb = size })
    }
    for size in [-1, 1, 99, 10_241, .max, .min] as [Int64] {
      try await assertInvalid(["\(root).extended_working_storage.size_gb"]) {
        try await Harness().clone(.with { $0.extendedWorkingStorage.filled.sizeGb = size })
      }
    }
  }

  func testASizeOfZeroKeepsTheSources() async throws {
    let overrides = JobParameters.with { $0.extendedWorkingStorage.filled.type = .ssd }
    let made = try await Harness().clone(overrides)
    XCTAssertEqual(made.job.jobParameters?.extendedWorkingStorage?.sizeGb, 200)

    var source = Fixture.source
    source.jobParameters?.extendedWorkingStorage = nil
    try await assertInvalid(["\(root).extended_working_storage.size_gb"]) {
      try await Harness(source: source).clone(overrides)
    }
  }

  func testAnInheritedSizeIsNotReported() async throws {
    var source = Fixture.source
    source.jobParameters?.extendedWorkingStorage?.sizeGb = 7
    try await Harness(source: source).clone(
      .with { $0.extendedWorkingStorage.filled.type = .ssd })
  }

  func testAStorageTypeIsKnown() async throws {
    try await assertInvalid(["\(root).extended_working_storage.type"]) {
      try await Harness().clone(
        .with { $0.extendedWorkingStorage.filled.type = .init(rawValue: 2) })
    }
  }

  func testAnOutputDatasetHasNoNegativeSize() async throws {
    try await assertInvalid(["\(root).output_datasets[0].size_gb"]) {
      try await Harness().clone(
        .with {
          $0.outputDatasets = [
            .with {
              $0.var = "RESULT"
              $0.sizeGb = -1
            }
          ]
        })
    }
  }

  func testAShutdownTakesNoNegativeTime() async throws {
    func overrides(_ timeout: ProtobufDuration) -> JobParameters {
      .with { $0.gracefulShutdownParameters.filled.timeout = timeout }
    }
    for timeout in [
      ProtobufDuration(seconds: -1), ProtobufDuration(seconds: 0, nanos: -1),
      ProtobufDuration(seconds: 0, nanos: 1_000_000_000),
    ] {
      try await assertInvalid(["\(root).graceful_shutdown_parameters.timeout"]) {
        try await Harness().clone(overrides(timeout))
      }
    }
    try await Harness().clone(overrides(ProtobufDuration(seconds: 1, nanos: 1)))
  }

  func testASignalIsFrom1To64() async throws {
    for signal in [1, 64] as [Int64] {
      try await Harness().clone(.with { $0.gracefulShutdownParameters.filled.signal = signal })
    }
    for signal in [-1, 65, .max, .min] as [Int64] {
      try await assertInvalid(["\(root).graceful_shutdown_parameters.signal"]) {
        try await Harness().clone(.with { $0.gracefulShutdownParameters.filled.signal = signal })
      }
    }
  }
}
