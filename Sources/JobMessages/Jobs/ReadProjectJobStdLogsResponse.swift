public import ProtobufWire

/// A piece of what a job wrote to its standard streams.
public struct ReadProjectJobStdLogsResponse: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.ReadProjectJobStdLogsResponse"

  /// The pieces, in order.
  public var logs: [StdLog] = []
  /// Where to go on.
  public var offset: Int64 = 0

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.repeatedMessage(1, &logs)
    try decoder.int64(2, &offset)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.repeatedMessage(1, "logs", logs)
    visitor.int64(2, "offset", offset)
  }
}
