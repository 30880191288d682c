import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import TestSupport
import XCTest

/// What holds for every source and override; a failure names the `SEED` that repeats it.
final class PropertyTests: XCTestCase {
  private let modes = OverridePolicy.EnvironmentVariables.allCases

  /// A field that is added to the contract is missed here, and not by the properties.
  func testTheGeneratorsReachEveryFieldOfTheContract() throws {
    let fields = Set(
      try DescriptorSet().paths(of: ".yandex.cloud.datasphere.v2.jobs.JobParameters"))
    var random = RandomParameters(generator: SeededGenerator(seed: 1))
    var wild: Set<String> = []
    var accepted: Set<String> = []
    for _ in 0..<1000 {
      wild.formUnion(SetFields.paths(of: random.wild()))
      accepted.formUnion(SetFields.paths(of: random.accepted()))
    }
    XCTAssertEqual(fields.subtracting(wild), [])
    XCTAssertEqual(fields.subtracting(accepted), [])
  }

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
    }
  }

  /// Rules 1, 2 and 4 at any depth: a field is the override's if that sets it, else the source's,
  /// but for the docker image, which is the one's or the other's as a whole.
  func testEveryFieldButTheKeyedIsTheOverridesOrTheSources() async throws {
    try await SeededGenerator.check(runs: 5_000) { seed, generator in
      var random = RandomParameters(generator: generator)
      let source = random.wild()
      let override = random.wild()
      let merged = SetFields.values(of: merging(override, over: source).parameters)
      let old = SetFields.values(of: source)
      let new = SetFields.values(of: override)
      let hasImage = override.env?.dockerImage != nil
      for path in Set(merged.keys).union(old.keys).union(new.keys)
      where MergeModel.top(path, among: MergeModel.keyed) == nil
        && !MergeModel.unkeyed.contains(where: { path.hasPrefix("\($0).") })
      {
        var expected = new[path] ?? old[path]
        if MergeModel.top(path, among: MergeModel.image) != nil {
          expected = hasImage ? new[path] : old[path]
        } else if merged[path] == nil, new[path] == SetFields.presence {
          // A message of the override that says nothing makes no field present.
          expected = nil
        }
        XCTAssertEqual(merged[path], expected, "\(path), SEED=\(seed)")
      }
    }
  }

  /// Rules 3 and 5, against a second merge that is as simple as the rules.
  func testKeyedListsAndMapsAreWhatTheRulesSay() async throws {
    try await SeededGenerator.check(runs: 5_000) { seed, generator in
      var random = RandomParameters(generator: generator)
      let source = random.wild()
      let override = random.wild()
      let merged = merging(override, over: source).parameters
      let key = { (file: File) in MergeModel.key(file.desc.filled) }
      let inputs = MergeModel.merge(override.inputFiles, over: source.inputFiles, key: key)
      XCTAssertEqual(merged.inputFiles, inputs, "SEED=\(seed)")
      let outputs = MergeModel.merge(
        override.outputFiles, over: source.outputFiles, key: { MergeModel.key($0) })
      XCTAssertEqual(merged.outputFiles, outputs, "SEED=\(seed)")
      let arguments = MergeModel.merge(
        override.arguments, over: source.arguments, key: { [$0.name] })
      XCTAssertEqual(merged.arguments, arguments, "SEED=\(seed)")
      let datasets = MergeModel.merge(
        override.outputDatasets, over: source.outputDatasets, key: { MergeModel.key($0) })
      XCTAssertEqual(merged.outputDatasets, datasets, "SEED=\(seed)")
      let vars = MergeModel.merge(override.env.filled.vars, over: source.env.filled.vars)
      XCTAssertEqual(
        MergeModel.merge([:], over: merged.env.filled.vars), vars, "SEED=\(seed)")
    }
  }

  func testACloneOfACloneWithoutOverridesEqualsTheFirst() async throws {
    try await SeededGenerator.check(runs: 1_000) { seed, generator in
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
    try await SeededGenerator.check(runs: 400) { seed, generator in
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
