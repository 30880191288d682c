import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

/// What holds for every source and override; a failure names the `SEED` that repeats it.
final class PropertyTests: XCTestCase {
  private let modes = OverridePolicy.EnvironmentVariables.allCases

  func testMergingAnEmptyOverrideIsTheIdentityToTheByte() async throws {
    try await SeededGenerator.check(runs: 2_000) { seed, generator in
      var random = RandomParameters(generator: generator)
      let source = random.wild().withUnknown(1)
      for override in MergeEmptyOverrideTests.voids {
        XCTAssertEqual(
          merging(override, over: source).parameters.serializedBytes(), source.serializedBytes(),
          "SEED=\(seed)")
      }
    }
  }

  func testMergeIsIdempotentOnMessagesWithoutUnknownFields() async throws {
    try await SeededGenerator.check(runs: 5_000) { seed, generator in
      var random = RandomParameters(generator: generator)
      let source = random.wild()
      let override = random.wild()
      for mode in modes {
        let policy = OverridePolicy(environmentVariables: mode)
        let once = merging(override, over: source, policy: policy).parameters
        let twice = merging(override, over: once, policy: policy).parameters
        XCTAssertEqual(twice.serializedBytes(), once.serializedBytes(), "SEED=\(seed)")
      }
    }
  }

  func testAFieldNotNamedByAnOverrideNeverChanges() async throws {
    try await SeededGenerator.check(runs: 5_000) { seed, generator in
      var random = RandomParameters(generator: generator)
      let source = random.wild()
      let override = random.wild()
      let merged = merging(override, over: source).parameters
      let named = SetFields.paths(of: override)
      for field in TopLevelField.all where !named.contains(field.name) {
        XCTAssertEqual(field.encoded(merged), field.encoded(source), "\(field.name), SEED=\(seed)")
      }
      // Below the top: what the merge set must be set in the source or in the override.
      let possible = named.union(SetFields.paths(of: source))
      XCTAssertTrue(SetFields.paths(of: merged).isSubset(of: possible), "SEED=\(seed)")
    }
  }

  func testACloneOfACloneWithoutOverridesEqualsTheFirst() async throws {
    try await SeededGenerator.check(runs: 300) { seed, generator in
      var random = RandomParameters(generator: generator)
      let harness = Harness()
      let first = try await harness.clone(random.accepted())
      harness.upload(first.job.jobParameters.filled)
      let second = try await harness.clone { $0.sourceJobID = first.job.id }
      var expected = first.job
      expected.id = second.job.id
      expected.parentJobID = first.job.id
      XCTAssertEqual(second.job.serializedBytes(), expected.serializedBytes(), "SEED=\(seed)")
    }
  }

  func testEveryAcceptedCloneWithCompleteUploadsCanBeClonedAgainUnchanged() async throws {
    try await SeededGenerator.check(runs: 100) { seed, generator in
      var random = RandomParameters(generator: generator)
      let harness = Harness()
      var id = Fixture.sourceID
      for _ in 0..<5 {
        let made = try await harness.clone(random.accepted()) { $0.sourceJobID = id }
        for upload in made.response.uploadFiles {
          let file = try XCTUnwrap(upload.file)
          harness.objects.add(
            ContentID(sha256: file.sha256, sizeBytes: file.sizeBytes), in: Fixture.project)
        }
        let again = try await harness.clone { $0.sourceJobID = made.job.id }
        XCTAssertEqual(again.response.uploadFiles, [], "SEED=\(seed)")
        XCTAssertEqual(again.job.jobParameters, made.job.jobParameters, "SEED=\(seed)")
        id = again.job.id
      }
    }
  }
}
