public import ProtobufWire

/// Asks for an operation.
public struct GetOperationRequest: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.operation.GetOperationRequest"

  /// The id of the operation.
  public var operationID = ""

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Creates the message from its fields.
  public init(operationID: String) {
    self.operationID = operationID
  }

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &operationID)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "operation_id", operationID)
  }
}
