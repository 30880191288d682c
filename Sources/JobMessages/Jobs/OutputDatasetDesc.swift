public import ProtobufWire

/// A dataset that a job is expected to write.
public struct OutputDatasetDesc: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.OutputDatasetDesc"

  /// The name of the new dataset.
  public var name = ""
  /// Free text about the dataset.
  public var description = ""
  /// Key-value pairs chosen by the user.
  public var labels = StringMap()
  /// The size in GB.
  public var sizeGb: Int64 = 0
  /// The name of the variable in the command line.
  public var `var` = ""

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &name)
    try decoder.string(2, &description)
    try decoder.map(3, &labels)
    try decoder.int64(4, &sizeGb)
    try decoder.string(5, &`var`)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "name", name)
    visitor.string(2, "description", description)
    visitor.map(3, "labels", labels)
    visitor.int64(4, "size_gb", sizeGb)
    visitor.string(5, "var", `var`)
  }
}
