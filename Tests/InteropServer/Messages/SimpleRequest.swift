internal import ProtobufWire

/// Asks for one reply.
struct SimpleRequest: Message {
  static let fullName = "grpc.testing.SimpleRequest"

  var responseType = PayloadType.compressable
  var responseSize: Int32 = 0
  var payload: Payload?
  var fillUsername = false
  var fillOauthScope = false
  var responseCompressed: BoolValue?
  var responseStatus: EchoStatus?
  var expectCompressed: BoolValue?
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.enumeration(1, &responseType)
    try decoder.int32(2, &responseSize)
    try decoder.message(3, &payload)
    try decoder.bool(4, &fillUsername)
    try decoder.bool(5, &fillOauthScope)
    try decoder.message(6, &responseCompressed)
    try decoder.message(7, &responseStatus)
    try decoder.message(8, &expectCompressed)
  }

  func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.enumeration(1, "response_type", responseType)
    visitor.int32(2, "response_size", responseSize)
    visitor.message(3, "payload", payload)
    visitor.bool(4, "fill_username", fillUsername)
    visitor.bool(5, "fill_oauth_scope", fillOauthScope)
    visitor.message(6, "response_compressed", responseCompressed)
    visitor.message(7, "response_status", responseStatus)
    visitor.message(8, "expect_compressed", expectCompressed)
  }
}
