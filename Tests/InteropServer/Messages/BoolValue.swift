internal import ProtobufWire

/// A bool that may be absent.
struct BoolValue: Message {
  static let fullName = "grpc.testing.BoolValue"

  var value = false
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.bool(1, &value)
  }

  func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.bool(1, "value", value)
  }
}
