internal import ProtobufWire

/// A message of a compiled file.
struct DescriptorProto: Message {
  static let fullName = "google.protobuf.DescriptorProto"
  var name = ""
  var field: [FieldDescriptorProto] = []
  var nestedType: [DescriptorProto] = []
  var enumType: [EnumDescriptorProto] = []
  /// Extensions declared inside the message, of whichever message.
  var `extension`: [FieldDescriptorProto] = []
  var oneofDecl: [NamedDescriptorProto] = []
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &name)
    try decoder.repeatedMessage(2, &field)
    try decoder.repeatedMessage(3, &nestedType)
    try decoder.repeatedMessage(4, &enumType)
    try decoder.repeatedMessage(6, &`extension`)
    try decoder.repeatedMessage(8, &oneofDecl)
  }

  func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "name", name)
    visitor.repeatedMessage(2, "field", field)
    visitor.repeatedMessage(3, "nested_type", nestedType)
    visitor.repeatedMessage(4, "enum_type", enumType)
    visitor.repeatedMessage(6, "extension", `extension`)
    visitor.repeatedMessage(8, "oneof_decl", oneofDecl)
  }
}
