internal import ProtobufWire

/// A compiled file.
struct FileDescriptorProto: Message {
  static let fullName = "google.protobuf.FileDescriptorProto"
  var name = ""
  var package = ""
  /// Names of the files that it imports.
  var dependency: [String] = []
  var messageType: [DescriptorProto] = []
  var enumType: [EnumDescriptorProto] = []
  var service: [ServiceDescriptorProto] = []
  var `extension`: [FieldDescriptorProto] = []
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &name)
    try decoder.string(2, &package)
    try decoder.repeatedString(3, &dependency)
    try decoder.repeatedMessage(4, &messageType)
    try decoder.repeatedMessage(5, &enumType)
    try decoder.repeatedMessage(6, &service)
    try decoder.repeatedMessage(7, &`extension`)
  }

  func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "name", name)
    visitor.string(2, "package", package)
    visitor.repeatedString(3, "dependency", dependency)
    visitor.repeatedMessage(4, "message_type", messageType)
    visitor.repeatedMessage(5, "enum_type", enumType)
    visitor.repeatedMessage(6, "service", service)
    visitor.repeatedMessage(7, "extension", `extension`)
  }
}
