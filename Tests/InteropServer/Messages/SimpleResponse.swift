internal import ProtobufWire

/// One reply.
struct SimpleResponse: Message {
  static let fullName = "grpc.testing.SimpleResponse"

  var payload: Payload?
  var username = ""
  var oauthScope = ""
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.message(1, &payload)
    try decoder.string(2, &username)
    try decoder.string(3, &oauthScope)
  }

  func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.message(1, "payload", payload)
    visitor.string(2, "username", username)
    visitor.string(3, "oauth_scope", oauthScope)
  }
}
