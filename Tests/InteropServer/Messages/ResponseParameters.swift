internal import ProtobufWire

/// One reply that is asked for.
struct ResponseParameters: Message {
  static let fullName = "grpc.testing.ResponseParameters"

  var size: Int32 = 0
  var intervalMicroseconds: Int32 = 0
  var compressed: BoolValue?
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.int32(1, &size)
    try decoder.int32(2, &intervalMicroseconds)
    try decoder.message(3, &compressed)
  }

  func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.int32(1, "size", size)
    visitor.int32(2, "interval_us", intervalMicroseconds)
    visitor.message(3, "compressed", compressed)
  }
}
