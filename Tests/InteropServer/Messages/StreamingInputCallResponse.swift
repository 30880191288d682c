internal import ProtobufWire

/// What several requests came to.
struct StreamingInputCallResponse: Message {
  static let fullName = "grpc.testing.StreamingInputCallResponse"

  var aggregatedPayloadSize: Int32 = 0
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.int32(1, &aggregatedPayloadSize)
  }

  func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.int32(1, "aggregated_payload_size", aggregatedPayloadSize)
  }
}
