public import ProtobufWire

/// Files of the protobuf schema.
public struct FileDescriptorResponse<Package: ReflectionPackage>: Message {
  /// The full protobuf name.
  public static var fullName: String { Package.name + ".FileDescriptorResponse" }

  /// Serialized `google.protobuf.FileDescriptorProto`s: the file and those it imports.
  public var fileDescriptorProto: [[UInt8]] = []

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.repeatedBytes(1, &fileDescriptorProto)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.repeatedBytes(1, "file_descriptor_proto", fileDescriptorProto)
  }
}
