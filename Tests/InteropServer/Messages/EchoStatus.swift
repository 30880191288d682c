internal import ProtobufWire

/// The status that a call shall end with.
struct EchoStatus: Message {
  static let fullName = "grpc.testing.EchoStatus"

  var code: Int32 = 0
  var message = ""
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.int32(1, &code)
    try decoder.string(2, &message)
  }

  func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.int32(1, "code", code)
    visitor.string(2, "message", message)
  }
}
