internal import ProtobufWire

/// Nothing.
struct Empty: Message {
  static let fullName = "grpc.testing.Empty"
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {}

  func visitFields<V: FieldVisitor>(_ visitor: inout V) {}
}
