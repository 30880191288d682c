/// A set of the parameters that an override may set.
public struct OverridableParameters: OptionSet, Sendable, Hashable {
  /// One bit a parameter.
  public let rawValue: UInt32

  /// The set with these bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// `input_files`.
  public static let inputFiles = Self(rawValue: 1 << 0)
  /// `output_files`.
  public static let outputFiles = Self(rawValue: 1 << 1)
  /// `s3_mount_ids`.
  public static let s3Mounts = Self(rawValue: 1 << 2)
  /// `dataset_ids`.
  public static let datasets = Self(rawValue: 1 << 3)
  /// `cmd`.
  public static let command = Self(rawValue: 1 << 4)
  /// `env.vars`.
  public static let environmentVariables = Self(rawValue: 1 << 5)
  /// `env.docker_image_resource_id` and `env.docker_image_spec`.
  public static let dockerImage = Self(rawValue: 1 << 6)
  /// `env.python_env`.
  public static let pythonEnvironment = Self(rawValue: 1 << 7)
  /// `attach_project_disk`.
  public static let projectDisk = Self(rawValue: 1 << 8)
  /// `cloud_instance_types`.
  public static let cloudInstanceTypes = Self(rawValue: 1 << 9)
  /// `extended_working_storage`.
  public static let workingStorage = Self(rawValue: 1 << 10)
  /// `arguments`.
  public static let arguments = Self(rawValue: 1 << 11)
  /// `output_datasets`.
  public static let outputDatasets = Self(rawValue: 1 << 12)
  /// `graceful_shutdown_parameters`.
  public static let gracefulShutdown = Self(rawValue: 1 << 13)
  /// `spark_parameters`.
  public static let spark = Self(rawValue: 1 << 14)
  /// Parameters that a newer client knows and this version does not.
  public static let unknown = Self(rawValue: 1 << 15)

  /// Every parameter.
  public static let all = Self(rawValue: (1 << 16) - 1)

  /// What the official client's `fork` can send (clone-semantics §1).
  public static let officialClient: Self = [
    .inputFiles, .outputFiles, .arguments, .environmentVariables, .dockerImage, .workingStorage,
    .cloudInstanceTypes,
  ]
}

extension OverridableParameters {
  /// Each parameter under the name that configuration files use: its path in `JobParameters`.
  public static let named: [(name: String, parameter: OverridableParameters)] = [
    ("input_files", .inputFiles),
    ("output_files", .outputFiles),
    ("s3_mount_ids", .s3Mounts),
    ("dataset_ids", .datasets),
    ("cmd", .command),
    ("env.vars", .environmentVariables),
    ("env.docker_image", .dockerImage),
    ("env.python_env", .pythonEnvironment),
    ("attach_project_disk", .projectDisk),
    ("cloud_instance_types", .cloudInstanceTypes),
    ("extended_working_storage", .workingStorage),
    ("arguments", .arguments),
    ("output_datasets", .outputDatasets),
    ("graceful_shutdown_parameters", .gracefulShutdown),
    ("spark_parameters", .spark),
    ("unknown", .unknown),
  ]
}
