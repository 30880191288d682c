public import ProtobufWire

/// How far a job has come.
public struct JobProgress: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.JobProgress"

  /// What is going on, for people to read.
  public var message = ""
  /// Percent done, 0 to 100.
  public var progress: Int64 = 0
  /// When this was reported.
  public var createTime: ProtobufTimestamp?

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &message)
    try decoder.int64(2, &progress)
    try decoder.message(3, &createTime)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "message", message)
    visitor.int64(2, "progress", progress)
    visitor.message(3, "create_time", createTime)
  }
}
