public import ProtobufWire

/// The outcome of a failed call, with details for programs to read.
public struct GoogleRPCStatus: Message {
  /// The full protobuf name.
  public static let fullName = "google.rpc.Status"

  /// A gRPC status code.
  public var code: Int32 = 0
  /// What went wrong, for people to read.
  public var message = ""
  /// Messages that say more, such as `BadRequest`.
  public var details: [ProtobufAny] = []

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Creates the message from its fields.
  public init(code: Int32, message: String, details: [ProtobufAny] = []) {
    self.code = code
    self.message = message
    self.details = details
  }

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.int32(1, &code)
    try decoder.string(2, &message)
    try decoder.repeatedMessage(3, &details)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.int32(1, "code", code)
    visitor.string(2, "message", message)
    visitor.repeatedMessage(3, "details", details)
  }
}
