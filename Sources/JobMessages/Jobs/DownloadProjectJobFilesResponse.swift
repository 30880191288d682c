public import ProtobufWire

/// Where to read files of a job.
public struct DownloadProjectJobFilesResponse: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.DownloadProjectJobFilesResponse"

  /// The files, each with the URL to read it from.
  public var downloadFiles: [StorageFile] = []

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.repeatedMessage(1, &downloadFiles)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.repeatedMessage(1, "download_files", downloadFiles)
  }
}
