public import ProtobufWire

/// The quotas that a request would exceed.
public struct QuotaFailure: Message {
  /// The full protobuf name.
  public static let fullName = "google.rpc.QuotaFailure"

  /// The quotas, one each.
  public var violations: [Violation] = []

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Creates the message from its fields.
  public init(violations: [Violation]) {
    self.violations = violations
  }

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.repeatedMessage(1, &violations)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.repeatedMessage(1, "violations", violations)
  }
}
