import JobMessages
import ProtobufWire

/// A field of JobParameters, by itself.
struct TopLevelField {
  let name: String
  private let copy: @Sendable (JobParameters, inout JobParameters) -> Void

  private init(
    _ name: String, _ copy: @escaping @Sendable (JobParameters, inout JobParameters) -> Void
  ) {
    self.name = name
    self.copy = copy
  }

  /// The encoding of parameters that have this field alone.
  func encoded(_ parameters: JobParameters) -> [UInt8] {
    var only = JobParameters()
    copy(parameters, &only)
    return only.serializedBytes()
  }

  static let all: [TopLevelField] = [
    .init("input_files") { $1.inputFiles = $0.inputFiles },
    .init("output_files") { $1.outputFiles = $0.outputFiles },
    .init("s3_mount_ids") { $1.s3MountIds = $0.s3MountIds },
    .init("dataset_ids") { $1.datasetIds = $0.datasetIds },
    .init("cmd") { $1.cmd = $0.cmd },
    .init("env") { $1.env = $0.env },
    .init("attach_project_disk") { $1.attachProjectDisk = $0.attachProjectDisk },
    .init("cloud_instance_types") { $1.cloudInstanceTypes = $0.cloudInstanceTypes },
    .init("extended_working_storage") { $1.extendedWorkingStorage = $0.extendedWorkingStorage },
    .init("arguments") { $1.arguments = $0.arguments },
    .init("output_datasets") { $1.outputDatasets = $0.outputDatasets },
    .init("graceful_shutdown_parameters") {
      $1.gracefulShutdownParameters = $0.gracefulShutdownParameters
    },
    .init("spark_parameters") { $1.sparkParameters = $0.sparkParameters },
  ]
}
