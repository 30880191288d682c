public import ProtobufWire

/// A service of a server.
public struct ServiceResponse<Package: ReflectionPackage>: Message {
  /// The full protobuf name.
  public static var fullName: String { Package.name + ".ServiceResponse" }

  /// The full name of the service.
  public var name = ""

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &name)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "name", name)
  }
}
