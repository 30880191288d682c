public import ProtobufWire

/// A length of time, of either sign.
public struct ProtobufDuration: Message {
  /// The full protobuf name.
  public static let fullName = "google.protobuf.Duration"

  /// Whole seconds.
  public var seconds: Int64 = 0
  /// The rest in nanoseconds, of the same sign, below a second.
  public var nanos: Int32 = 0

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Creates the message from its fields.
  public init(seconds: Int64, nanos: Int32 = 0) {
    self.seconds = seconds
    self.nanos = nanos
  }

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.int64(1, &seconds)
    try decoder.int32(2, &nanos)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.int64(1, "seconds", seconds)
    visitor.int32(2, "nanos", nanos)
  }
}
