internal import ProtobufWire

/// One of several replies.
struct StreamingOutputCallResponse: Message {
  static let fullName = "grpc.testing.StreamingOutputCallResponse"

  var payload: Payload?
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.message(1, &payload)
  }

  func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.message(1, "payload", payload)
  }
}
