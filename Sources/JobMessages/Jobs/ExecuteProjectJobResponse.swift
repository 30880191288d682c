public import ProtobufWire

/// The outcome of Execute.
public struct ExecuteProjectJobResponse: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.ExecuteProjectJobResponse"

  /// The files that the job wrote, each with the URL to read it from.
  public var outputFiles: [StorageFile] = []
  /// How the command ended.
  public var result: JobResult?
  /// The datasets that the job wrote.
  public var outputDatasets: [OutputDataset] = []
  /// The files that could not be stored.
  public var outputFilesErrors: [FileUploadError] = []

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.repeatedMessage(1, &outputFiles)
    try decoder.message(2, &result)
    try decoder.repeatedMessage(3, &outputDatasets)
    try decoder.repeatedMessage(4, &outputFilesErrors)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.repeatedMessage(1, "output_files", outputFiles)
    visitor.message(2, "result", result)
    visitor.repeatedMessage(3, "output_datasets", outputDatasets)
    visitor.repeatedMessage(4, "output_files_errors", outputFilesErrors)
  }
}
