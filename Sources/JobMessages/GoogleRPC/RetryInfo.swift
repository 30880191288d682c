public import ProtobufWire

/// When to try again.
public struct RetryInfo: Message {
  /// The full protobuf name.
  public static let fullName = "google.rpc.RetryInfo"

  /// How long to wait before the next attempt.
  public var retryDelay: ProtobufDuration?

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Creates the message from its fields.
  public init(retryDelay: ProtobufDuration) {
    self.retryDelay = retryDelay
  }

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.message(1, &retryDelay)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.message(1, "retry_delay", retryDelay)
  }
}
