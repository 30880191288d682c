internal import ProtobufWire

/// One of several requests.
struct StreamingInputCallRequest: Message {
  static let fullName = "grpc.testing.StreamingInputCallRequest"

  var payload: Payload?
  var expectCompressed: BoolValue?
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.message(1, &payload)
    try decoder.message(2, &expectCompressed)
  }

  func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.message(1, "payload", payload)
    visitor.message(2, "expect_compressed", expectCompressed)
  }
}
