public import ProtobufWire

/// The fields of a request that are wrong.
public struct BadRequest: Message {
  /// The full protobuf name.
  public static let fullName = "google.rpc.BadRequest"

  /// The fields, one each.
  public var fieldViolations: [FieldViolation] = []

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Creates the message from its fields.
  public init(fieldViolations: [FieldViolation]) {
    self.fieldViolations = fieldViolations
  }

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.repeatedMessage(1, &fieldViolations)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.repeatedMessage(1, "field_violations", fieldViolations)
  }
}
