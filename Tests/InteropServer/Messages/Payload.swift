internal import ProtobufWire

/// Bytes of some kind.
struct Payload: Message {
  static let fullName = "grpc.testing.Payload"

  var type = PayloadType.compressable
  var body: [UInt8] = []
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.enumeration(1, &type)
    try decoder.bytes(2, &body)
  }

  func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.enumeration(1, "type", type)
    visitor.bytes(2, "body", body)
  }
}
