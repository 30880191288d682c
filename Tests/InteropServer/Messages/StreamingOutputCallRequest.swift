internal import ProtobufWire

/// Asks for several replies.
struct StreamingOutputCallRequest: Message {
  static let fullName = "grpc.testing.StreamingOutputCallRequest"

  var responseType = PayloadType.compressable
  var responseParameters: [ResponseParameters] = []
  var payload: Payload?
  var responseStatus: EchoStatus?
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.enumeration(1, &responseType)
    try decoder.repeatedMessage(2, &responseParameters)
    try decoder.message(3, &payload)
    try decoder.message(7, &responseStatus)
  }

  func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.enumeration(1, "response_type", responseType)
    visitor.repeatedMessage(2, "response_parameters", responseParameters)
    visitor.message(3, "payload", payload)
    visitor.message(7, "response_status", responseStatus)
  }
}
