internal import ProtobufWire

/// What all descriptors begin with: enough of a method, an enum's value or a oneof.
struct NamedDescriptorProto: Message {
  static let fullName = "google.protobuf.MethodDescriptorProto"
  var name = ""
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &name)
  }

  func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "name", name)
  }
}
