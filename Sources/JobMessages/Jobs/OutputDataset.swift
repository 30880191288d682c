public import ProtobufWire

/// A dataset that a job wrote.
public struct OutputDataset: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.OutputDataset"

  /// How the dataset was asked for.
  public var desc: OutputDatasetDesc?
  /// The id of the dataset.
  public var id = ""

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Creates the message from its fields.
  public init(desc: OutputDatasetDesc, id: String) {
    self.desc = desc
    self.id = id
  }

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.message(1, &desc)
    try decoder.string(2, &id)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.message(1, "desc", desc)
    visitor.string(2, "id", id)
  }
}
