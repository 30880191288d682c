internal import ProtobufWire

/// A service of a compiled file.
struct ServiceDescriptorProto: Message {
  static let fullName = "google.protobuf.ServiceDescriptorProto"
  var name = ""
  var method: [NamedDescriptorProto] = []
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &name)
    try decoder.repeatedMessage(2, &method)
  }

  func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "name", name)
    visitor.repeatedMessage(2, "method", method)
  }
}
