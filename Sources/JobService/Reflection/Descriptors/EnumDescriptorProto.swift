internal import ProtobufWire

/// An enum of a compiled file.
struct EnumDescriptorProto: Message {
  static let fullName = "google.protobuf.EnumDescriptorProto"
  var name = ""
  var value: [NamedDescriptorProto] = []
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &name)
    try decoder.repeatedMessage(2, &value)
  }

  func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "name", name)
    visitor.repeatedMessage(2, "value", value)
  }
}
