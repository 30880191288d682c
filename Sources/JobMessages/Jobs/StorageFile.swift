public import ProtobufWire

/// A file and the URL at which its content is written or read.
public struct StorageFile: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.StorageFile"

  /// The file.
  public var file: File?
  /// The presigned URL, a secret: whoever knows it has access.
  public var url = ""

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Creates the message from its fields.
  public init(file: File, url: String) {
    self.file = file
    self.url = url
  }

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.message(1, &file)
    try decoder.string(2, &url)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.message(1, "file", file)
    visitor.string(2, "url", url, secret: true)
  }
}
