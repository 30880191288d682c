public import ProtobufWire

/// Names an extension.
public struct ExtensionRequest<Package: ReflectionPackage>: Message {
  /// The full protobuf name.
  public static var fullName: String { Package.name + ".ExtensionRequest" }

  /// The full name of the message that is extended.
  public var containingType = ""
  /// The number of the extension field.
  public var extensionNumber: Int32 = 0

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &containingType)
    try decoder.int32(2, &extensionNumber)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "containing_type", containingType)
    visitor.int32(2, "extension_number", extensionNumber)
  }
}
