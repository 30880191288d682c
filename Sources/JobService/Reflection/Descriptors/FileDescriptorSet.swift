internal import ProtobufWire

// The part of google/protobuf/descriptor.proto that names things; the rest stays in unknown fields.

/// Compiled files, each a serialized ``FileDescriptorProto``: clients get the bytes as they are.
struct FileDescriptorSet: Message {
  static let fullName = "google.protobuf.FileDescriptorSet"
  var file: [[UInt8]] = []
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.repeatedBytes(1, &file)
  }

  func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.repeatedBytes(1, "file", file)
  }
}
