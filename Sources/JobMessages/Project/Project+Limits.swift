public import ProtobufWire

extension Project {
  /// What a project may use; a limit that is nil does not exist.
  public struct Limits: Message {
    /// The full protobuf name.
    public static let fullName = "yandex.cloud.datasphere.v2.Project.Limits"

    /// Billing units an hour.
    public var maxUnitsPerHour: ProtobufInt64Value?
    /// Billing units an execution.
    public var maxUnitsPerExecution: ProtobufInt64Value?

    /// The fields that this type does not know, kept as they came.
    public var unknownFields = UnknownFields()

    /// Creates the message with no field set.
    public init() {}

    /// Reads the fields, as `Message` lays down.
    public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
      try decoder.message(1, &maxUnitsPerHour)
      try decoder.message(2, &maxUnitsPerExecution)
    }

    /// Shows the fields, as `Message` lays down.
    @inlinable
    public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
      visitor.message(1, "max_units_per_hour", maxUnitsPerHour)
      visitor.message(2, "max_units_per_execution", maxUnitsPerExecution)
    }
  }
}
