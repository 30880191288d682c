internal import ProtobufWire

/// A field of a message, or an extension.
struct FieldDescriptorProto: Message {
  static let fullName = "google.protobuf.FieldDescriptorProto"
  var name = ""
  /// The message that an extension extends, as in `.package.Message`.
  var extendee = ""
  var number: Int32 = 0
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &name)
    try decoder.string(2, &extendee)
    try decoder.int32(3, &number)
  }

  func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "name", name)
    visitor.string(2, "extendee", extendee)
    visitor.int32(3, "number", number)
  }
}
