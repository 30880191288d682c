internal import JobMessages
internal import ProtobufWire

extension ParameterChecks {
  /// A parameter outside the policy is refused at its path, never dropped (clone-semantics §1).
  @Sendable
  static func policy(_ input: CheckInput, _ violations: inout Violations) {
    let allowed = input.policy.allowed
    guard !input.isCreate, allowed != .all else { return }
    for (parameter, field, isSet) in parameters(of: input.overrides)
    where isSet && !allowed.contains(parameter) {
      violations.add(
        field.isEmpty ? input.root : input.path(field),
        parameter == .unknown
          ? "parameters unknown to this server may not be overridden" : "may not be overridden")
    }
  }

  /// Every parameter, where it is, and whether the request sets it.
  private static func parameters(
    of overrides: JobParameters
  ) -> [(OverridableParameters, field: String, isSet: Bool)] {
    let env = overrides.env
    var image = "env.docker_image_spec"
    if case .resourceID = env?.dockerImage { image = "env.docker_image_resource_id" }
    return [
      (.inputFiles, "input_files", !overrides.inputFiles.isEmpty),
      (.outputFiles, "output_files", !overrides.outputFiles.isEmpty),
      (.s3Mounts, "s3_mount_ids", !overrides.s3MountIds.isEmpty),
      (.datasets, "dataset_ids", !overrides.datasetIds.isEmpty),
      (.command, "cmd", !overrides.cmd.isEmpty),
      (.environmentVariables, "env.vars", env?.vars.isEmpty == false),
      (.dockerImage, image, env?.dockerImage != nil),
      (.pythonEnvironment, "env.python_env", env?.pythonEnv.isVoid == false),
      (.unknown, "env", env?.unknownFields.isEmpty == false),
      (.projectDisk, "attach_project_disk", overrides.attachProjectDisk),
      (.cloudInstanceTypes, "cloud_instance_types", !overrides.cloudInstanceTypes.isEmpty),
      (
        .workingStorage, "extended_working_storage", !overrides.extendedWorkingStorage.isVoid
      ),
      (.arguments, "arguments", !overrides.arguments.isEmpty),
      (.outputDatasets, "output_datasets", !overrides.outputDatasets.isEmpty),
      (
        .gracefulShutdown, "graceful_shutdown_parameters",
        !overrides.gracefulShutdownParameters.isVoid
      ),
      (.spark, "spark_parameters", !overrides.sparkParameters.isVoid),
      (.unknown, "", !overrides.unknownFields.isEmpty),
    ]
  }
}
