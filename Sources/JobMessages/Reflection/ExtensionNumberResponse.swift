public import ProtobufWire

/// The extensions of a message.
public struct ExtensionNumberResponse<Package: ReflectionPackage>: Message {
  /// The full protobuf name.
  public static var fullName: String { Package.name + ".ExtensionNumberResponse" }

  /// The full name of the message.
  public var baseTypeName = ""
  /// The numbers of its extension fields.
  public var extensionNumber: [Int32] = []

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &baseTypeName)
    try decoder.repeatedInt32(2, &extensionNumber)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "base_type_name", baseTypeName)
    visitor.repeatedInt32(2, "extension_number", extensionNumber)
  }
}
