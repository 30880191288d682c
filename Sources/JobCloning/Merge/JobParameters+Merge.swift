internal import JobMessages
internal import ProtobufWire

extension JobParameters {
  /// Whether nothing is set, in these parameters or below: merging them changes nothing.
  var isVoid: Bool {
    inputFiles.isEmpty && outputFiles.isEmpty && s3MountIds.isEmpty && datasetIds.isEmpty
      && cmd.isEmpty && env.isVoid && !attachProjectDisk && cloudInstanceTypes.isEmpty
      && extendedWorkingStorage.isVoid && arguments.isEmpty && outputDatasets.isEmpty
      && gracefulShutdownParameters.isVoid && sparkParameters.isVoid && unknownFields.isEmpty
  }

  /// Merges every field but the keyed lists, which ``ParameterMerge`` does.
  mutating func mergeUnkeyed(_ override: JobParameters, policy: OverridePolicy) {
    replace(&s3MountIds, with: override.s3MountIds)
    replace(&datasetIds, with: override.datasetIds)
    replace(&cmd, with: override.cmd)
    env.merge(override.env, policy: policy)
    replace(&attachProjectDisk, with: override.attachProjectDisk)
    replace(&cloudInstanceTypes, with: override.cloudInstanceTypes)
    extendedWorkingStorage.merge(override.extendedWorkingStorage, policy: policy)
    gracefulShutdownParameters.merge(override.gracefulShutdownParameters, policy: policy)
    sparkParameters.merge(override.sparkParameters, policy: policy)
    unknownFields.append(override.unknownFields)
  }
}

extension ExtendedWorkingStorage: Overridable {
  var isVoid: Bool { type.rawValue == 0 && sizeGb == 0 && unknownFields.isEmpty }

  mutating func merge(_ override: Self, policy: OverridePolicy) {
    replace(&type, with: override.type)
    replace(&sizeGb, with: override.sizeGb)
    unknownFields.append(override.unknownFields)
  }
}

extension GracefulShutdownParameters: Overridable {
  var isVoid: Bool { timeout.isVoid && signal == 0 && unknownFields.isEmpty }

  mutating func merge(_ override: Self, policy: OverridePolicy) {
    timeout.merge(override.timeout, policy: policy)
    replace(&signal, with: override.signal)
    unknownFields.append(override.unknownFields)
  }
}

extension SparkParameters: Overridable {
  var isVoid: Bool { connectorID.isEmpty && unknownFields.isEmpty }

  mutating func merge(_ override: Self, policy: OverridePolicy) {
    replace(&connectorID, with: override.connectorID)
    unknownFields.append(override.unknownFields)
  }
}

extension ProtobufDuration: Overridable {
  var isVoid: Bool { seconds == 0 && nanos == 0 && unknownFields.isEmpty }

  mutating func merge(_ override: Self, policy: OverridePolicy) {
    replace(&seconds, with: override.seconds)
    replace(&nanos, with: override.nanos)
    unknownFields.append(override.unknownFields)
  }
}
