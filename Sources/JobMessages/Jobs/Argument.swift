public import ProtobufWire

/// A value for a variable of the command line.
public struct Argument: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.Argument"

  /// The name of the variable in the command line.
  public var name = ""
  /// What the variable stands for.
  public var value = ""

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Creates the message from its fields.
  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &name)
    try decoder.string(2, &value)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "name", name)
    visitor.string(2, "value", value)
  }
}
