public import ProtobufWire

/// A point in time.
public struct ProtobufTimestamp: Message {
  /// The full protobuf name.
  public static let fullName = "google.protobuf.Timestamp"

  /// Seconds since 1970-01-01T00:00:00Z.
  public var seconds: Int64 = 0
  /// The rest in nanoseconds, 0 to 999,999,999, always forward.
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
