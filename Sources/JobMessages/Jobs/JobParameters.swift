public import ProtobufWire

/// What a job runs, on what, and with which files.
public struct JobParameters: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.JobParameters"

  /// The files that the job reads.
  public var inputFiles: [File] = []
  /// The files that the job is expected to write.
  public var outputFiles: [FileDesc] = []
  /// The ids of the S3 mounts that the job sees.
  public var s3MountIds: [String] = []
  /// The ids of the datasets that the job sees.
  public var datasetIds: [String] = []
  /// The command line, a template in which `${VAR}` stands for a file or an argument.
  public var cmd = ""
  /// The environment that the command runs in.
  public var env: Environment?
  /// Whether the project's disk is mounted.
  public var attachProjectDisk = false
  /// The machine types to run on, the preferred one first.
  public var cloudInstanceTypes: [CloudInstanceType] = []
  /// The working disk, if the standard one is not enough.
  public var extendedWorkingStorage: ExtendedWorkingStorage?
  /// Values for the variables of the command line.
  public var arguments: [Argument] = []
  /// The datasets that the job is expected to write.
  public var outputDatasets: [OutputDatasetDesc] = []
  /// How the job is asked to stop.
  public var gracefulShutdownParameters: GracefulShutdownParameters?
  /// How the job reaches Spark.
  public var sparkParameters: SparkParameters?

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.repeatedMessage(1, &inputFiles)
    try decoder.repeatedMessage(2, &outputFiles)
    try decoder.repeatedString(3, &s3MountIds)
    try decoder.repeatedString(4, &datasetIds)
    try decoder.string(5, &cmd)
    try decoder.message(6, &env)
    try decoder.bool(7, &attachProjectDisk)
    try decoder.repeatedMessage(8, &cloudInstanceTypes)
    try decoder.message(9, &extendedWorkingStorage)
    try decoder.repeatedMessage(10, &arguments)
    try decoder.repeatedMessage(11, &outputDatasets)
    try decoder.message(12, &gracefulShutdownParameters)
    try decoder.message(13, &sparkParameters)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.repeatedMessage(1, "input_files", inputFiles)
    visitor.repeatedMessage(2, "output_files", outputFiles)
    visitor.repeatedString(3, "s3_mount_ids", s3MountIds)
    visitor.repeatedString(4, "dataset_ids", datasetIds)
    visitor.string(5, "cmd", cmd)
    visitor.message(6, "env", env)
    visitor.bool(7, "attach_project_disk", attachProjectDisk)
    visitor.repeatedMessage(8, "cloud_instance_types", cloudInstanceTypes)
    visitor.message(9, "extended_working_storage", extendedWorkingStorage)
    visitor.repeatedMessage(10, "arguments", arguments)
    visitor.repeatedMessage(11, "output_datasets", outputDatasets)
    visitor.message(12, "graceful_shutdown_parameters", gracefulShutdownParameters)
    visitor.message(13, "spark_parameters", sparkParameters)
  }
}
