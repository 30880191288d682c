internal import JobMessages
internal import ProtobufWire

extension ParameterChecks {
  /// How many files, mounts and datasets there are.
  @Sendable
  static func counts(_ input: CheckInput, _ violations: inout Violations) {
    let limits = input.policy.limits
    let merged = input.merged
    func check(_ list: String, _ count: Int, limit: Int, isTouched: Bool) {
      guard isTouched, count > limit else { return }
      violations.add(input.path(list), "\(count) entries are over the limit of \(limit)")
    }
    // A replacement leaves the number as it was, so only additions touch it.
    check(
      "input_files", merged.inputFiles.count, limit: limits.inputFiles,
      isTouched: !input.merge.inputFiles.additions.isEmpty)
    check(
      "output_files", merged.outputFiles.count, limit: limits.outputFiles,
      isTouched: !input.merge.outputFiles.additions.isEmpty)
    check(
      "s3_mount_ids", merged.s3MountIds.count, limit: limits.s3Mounts,
      isTouched: !input.overrides.s3MountIds.isEmpty)
    check(
      "dataset_ids", merged.datasetIds.count, limit: limits.datasets,
      isTouched: !input.overrides.datasetIds.isEmpty)
  }

  /// Every instance type has a name, and there is one.
  @Sendable
  static func instanceTypes(_ input: CheckInput, _ violations: inout Violations) {
    for (index, type) in input.overrides.cloudInstanceTypes.enumerated() where type.name.isEmpty {
      violations.add(input.path("cloud_instance_types", index, "name"), "must not be empty")
    }
    if input.isCreate, input.merged.cloudInstanceTypes.isEmpty {
      violations.add(input.path("cloud_instance_types"), "must name at least one type")
    }
  }

  /// The storage's type is known and its size possible; 0 keeps the source's.
  @Sendable
  static func workingStorage(_ input: CheckInput, _ violations: inout Violations) {
    guard let override = input.overrides.extendedWorkingStorage, !override.isVoid else { return }
    if override.type.name == nil {
      violations.add(
        input.path("extended_working_storage.type"), "\(override.type.rawValue) is not a known type"
      )
    }
    let range = input.policy.limits.workingStorageGB
    let size = input.merged.extendedWorkingStorage?.sizeGb ?? 0
    // A size of 0 that stays 0 means that there was none to keep, unless nobody knows the source.
    let isTouched = override.sizeGb != 0 || (size == 0 && input.hasBasis)
    if isTouched, !range.contains(size) {
      violations.add(
        input.path("extended_working_storage.size_gb"),
        "\(size) is outside \(range.lowerBound)…\(range.upperBound)")
    }
  }

  /// No dataset has a negative size.
  @Sendable
  static func outputDatasetSizes(_ input: CheckInput, _ violations: inout Violations) {
    for (index, dataset) in input.overrides.outputDatasets.enumerated() where dataset.sizeGb < 0 {
      violations.add(input.path("output_datasets", index, "size_gb"), "must not be negative")
    }
  }

  /// The time to shut down is not negative, and the signal one that exists; 0 keeps the source's.
  @Sendable
  static func gracefulShutdown(_ input: CheckInput, _ violations: inout Violations) {
    guard let override = input.overrides.gracefulShutdownParameters else { return }
    if !override.timeout.isVoid, let timeout = input.merged.gracefulShutdownParameters?.timeout {
      if !timeout.isValid {
        violations.add(input.path("graceful_shutdown_parameters.timeout"), "not a valid Duration")
      } else if timeout.seconds < 0 || timeout.nanos < 0 {
        violations.add(input.path("graceful_shutdown_parameters.timeout"), "must not be negative")
      }
    }
    if override.signal != 0, !(1...64).contains(override.signal) {
      violations.add(
        input.path("graceful_shutdown_parameters.signal"), "\(override.signal) is outside 1…64")
    }
  }
}
