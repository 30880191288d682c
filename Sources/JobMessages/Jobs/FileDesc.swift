public import ProtobufWire

/// A file's path in the job and the name under which the command line knows it.
public struct FileDesc: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.FileDesc"

  /// The path, relative to the working directory.
  public var path = ""
  /// The name of the variable in the command line; empty if there is none.
  public var `var` = ""

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Creates the message from its fields.
  public init(path: String, `var`: String = "") {
    self.path = path
    self.`var` = `var`
  }

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &path)
    try decoder.string(2, &`var`)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "path", path)
    visitor.string(2, "var", `var`)
  }
}
