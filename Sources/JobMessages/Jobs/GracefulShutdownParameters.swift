public import ProtobufWire

/// How a job is asked to stop before it is killed.
public struct GracefulShutdownParameters: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.GracefulShutdownParameters"

  /// How long the job may take to stop.
  public var timeout: ProtobufDuration?
  /// The number of the POSIX signal that asks.
  public var signal: Int64 = 0

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Creates the message from its fields.
  public init(timeout: ProtobufDuration, signal: Int64 = 0) {
    self.timeout = timeout
    self.signal = signal
  }

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.message(1, &timeout)
    try decoder.int64(2, &signal)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.message(1, "timeout", timeout)
    visitor.int64(2, "signal", signal)
  }
}
