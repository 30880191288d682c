import ProtobufWire

// The part of google/protobuf/descriptor.proto that the contract test reads; the rest of it ends up
// in the unknown fields. Encoding is not needed, so the visitors show nothing.

struct FileDescriptorSet: Message {
  static let fullName = "google.protobuf.FileDescriptorSet"
  var file: [FileDescriptorProto] = []
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.repeatedMessage(1, &file)
  }
  func visitFields<V: FieldVisitor>(_ visitor: inout V) {}
}

struct FileDescriptorProto: Message {
  static let fullName = "google.protobuf.FileDescriptorProto"
  var name = ""
  var package = ""
  var messageType: [DescriptorProto] = []
  var enumType: [EnumDescriptorProto] = []
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &name)
    try decoder.string(2, &package)
    try decoder.repeatedMessage(4, &messageType)
    try decoder.repeatedMessage(5, &enumType)
  }
  func visitFields<V: FieldVisitor>(_ visitor: inout V) {}
}

struct DescriptorProto: Message {
  static let fullName = "google.protobuf.DescriptorProto"
  var name = ""
  var field: [FieldDescriptorProto] = []
  var nestedType: [DescriptorProto] = []
  var enumType: [EnumDescriptorProto] = []
  var options: MessageOptions?
  var oneofDecl: [OneofDescriptorProto] = []
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &name)
    try decoder.repeatedMessage(2, &field)
    try decoder.repeatedMessage(3, &nestedType)
    try decoder.repeatedMessage(4, &enumType)
    try decoder.message(7, &options)
    try decoder.repeatedMessage(8, &oneofDecl)
  }
  func visitFields<V: FieldVisitor>(_ visitor: inout V) {}
}

struct FieldDescriptorProto: Message {
  static let fullName = "google.protobuf.FieldDescriptorProto"
  var name = ""
  var number: Int32 = 0
  var label: Int32 = 0
  var type: Int32 = 0
  var typeName = ""
  var oneofIndex: Int64?
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &name)
    try decoder.int32(3, &number)
    try decoder.int32(4, &label)
    try decoder.int32(5, &type)
    try decoder.string(6, &typeName)
    try decoder.optionalInt64(9, &oneofIndex)
  }
  func visitFields<V: FieldVisitor>(_ visitor: inout V) {}
}

struct MessageOptions: Message {
  static let fullName = "google.protobuf.MessageOptions"
  var mapEntry = false
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.bool(7, &mapEntry)
  }
  func visitFields<V: FieldVisitor>(_ visitor: inout V) {}
}

struct OneofDescriptorProto: Message {
  static let fullName = "google.protobuf.OneofDescriptorProto"
  var name = ""
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &name)
  }
  func visitFields<V: FieldVisitor>(_ visitor: inout V) {}
}

struct EnumDescriptorProto: Message {
  static let fullName = "google.protobuf.EnumDescriptorProto"
  var name = ""
  var value: [EnumValueDescriptorProto] = []
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &name)
    try decoder.repeatedMessage(2, &value)
  }
  func visitFields<V: FieldVisitor>(_ visitor: inout V) {}
}

struct EnumValueDescriptorProto: Message {
  static let fullName = "google.protobuf.EnumValueDescriptorProto"
  var name = ""
  var number: Int32 = 0
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &name)
    try decoder.int32(2, &number)
  }
  func visitFields<V: FieldVisitor>(_ visitor: inout V) {}
}
