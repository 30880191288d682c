import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

/// clone-semantics §4: all violations are reported at once, and none is stored.
final class CheckEverythingAtOnceTests: XCTestCase {
  func testEveryFaultOfARequestIsReported() async throws {
    let harness = Harness()
    let overrides = JobParameters.with {
      $0.inputFiles = [
        .with {
          $0.desc = FileDesc(path: "/x", var: "a b")
          $0.sha256 = "z"
          $0.sizeBytes = -1
          $0.compressionType = FileCompressionType(rawValue: 7)
        }
      ]
      $0.env.filled.vars = ["A=B": ""]
      $0.cloudInstanceTypes = [CloudInstanceType()]
    }
    let error = try await jobError {
      try await harness.clone(
        overrides, as: Caller(principal: .anonymous, idempotencyKey: "\u{E9}")
      ) {
        $0.name = String(repeating: "n", count: 65)
        $0.desc = String(repeating: "d", count: 257)
        $0.dataTtl = ProtobufDuration(seconds: -1)
      }
    }
    let root = "job_parameters_overrides"
    XCTAssertEqual(
      error.fieldViolations.map(\.field),
      [
        "\(root).input_files[0].desc.var", "\(root).input_files[0].desc.var",
        "\(root).input_files[0].sha256", "\(root).input_files[0].size_bytes",
        "\(root).input_files[0].compression_type", "\(root).env.vars[\"A=B\"]",
        "\(root).cloud_instance_types[0].name", "name", "desc", "data_ttl", "idempotency-key",
      ])
    XCTAssertTrue(error.message.hasPrefix("\(root).input_files[0].desc.var: "), error.message)
    XCTAssertTrue(error.message.hasSuffix("(and 10 more violations)"), error.message)
    XCTAssertEqual(harness.store.creations.count, 0)
    XCTAssertEqual(harness.objects.questions, [])
  }

  func testTheMessageOfOneFaultNamesNoOthers() async throws {
    let error = try await jobError {
      try await Harness().clone { $0.name = String(repeating: "n", count: 65) }
    }
    XCTAssertEqual(error.message, "name: 65 characters are over the limit of 64")
  }

  func testTheMessageOfTwoFaultsNamesOneMore() async throws {
    let error = try await jobError {
      try await Harness().clone {
        $0.name = String(repeating: "n", count: 65)
        $0.dataTtl = ProtobufDuration()
      }
    }
    XCTAssertTrue(error.message.hasSuffix("(and 1 more violation)"), error.message)
  }

  func testARequestFullOfFaultsIsAnsweredInTheSpaceOfAHeader() async throws {
    let overrides = JobParameters.with {
      $0.arguments = (0..<50_000).map { _ in Argument(name: "", value: "") }
    }
    let error = try await jobError { try await Harness().clone(overrides) }
    XCTAssertEqual(error.code, .invalidArgument)
    XCTAssertTrue(error.message.contains("more violations"), error.message)
    XCTAssertLessThanOrEqual(error.fieldViolations.count, 1_000)
    XCTAssertLessThan(error.googleStatus(requestID: "r").serializedSize, 6_000)
  }

  func testAJobThatWasAcceptedOnceIsClonedUnchangedUnderAnyLimits() async throws {
    var policy = OverridePolicy()
    policy.limits.inputFiles = 0
    policy.limits.outputFiles = 0
    policy.limits.s3Mounts = 0
    policy.limits.datasets = 0
    policy.limits.fileSize = 0
    policy.limits.totalFileSize = 0
    policy.limits.nameLength = 0
    policy.limits.descriptionLength = 0
    policy.limits.workingStorageGB = 1...1
    policy.allowed = []
    for overrides in [nil] + MergeEmptyOverrideTests.voids {
      let made = try await Harness(policy: policy).clone(overrides)
      XCTAssertEqual(made.job.jobParameters, Fixture.full)
    }
  }
}
