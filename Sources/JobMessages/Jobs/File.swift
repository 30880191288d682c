public import ProtobufWire

/// A file of a job: where it is in the job, and what it holds.
public struct File: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.File"

  /// The path in the job and the name of its variable.
  public var desc: FileDesc?
  /// The SHA-256 of the content, in hexadecimal.
  public var sha256 = ""
  /// The size of the content in bytes, before compression.
  public var sizeBytes: Int64 = 0
  /// How the content is compressed on its way to the storage.
  public var compressionType = FileCompressionType(rawValue: 0)

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Creates the message from its fields.
  public init(
    desc: FileDesc, sha256: String = "", sizeBytes: Int64 = 0,
    compressionType: FileCompressionType = .init(rawValue: 0)
  ) {
    self.desc = desc
    self.sha256 = sha256
    self.sizeBytes = sizeBytes
    self.compressionType = compressionType
  }

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.message(1, &desc)
    try decoder.string(2, &sha256)
    try decoder.int64(3, &sizeBytes)
    try decoder.enumeration(4, &compressionType)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.message(1, "desc", desc)
    visitor.string(2, "sha256", sha256)
    visitor.int64(3, "size_bytes", sizeBytes)
    visitor.enumeration(4, "compression_type", compressionType)
  }
}
