public import ProtobufWire

/// Which request it was, for a report to the operator.
public struct RequestInfo: Message {
  /// The full protobuf name.
  public static let fullName = "google.rpc.RequestInfo"

  /// The id of the request.
  public var requestID = ""
  /// Opaque data for the operator.
  public var servingData = ""

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Creates the message from its fields.
  public init(requestID: String, servingData: String = "") {
    self.requestID = requestID
    self.servingData = servingData
  }

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &requestID)
    try decoder.string(2, &servingData)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "request_id", requestID)
    visitor.string(2, "serving_data", servingData)
  }
}
