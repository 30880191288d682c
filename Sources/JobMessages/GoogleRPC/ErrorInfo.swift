public import ProtobufWire

/// The cause of an error, for programs to read.
public struct ErrorInfo: Message {
  /// The full protobuf name.
  public static let fullName = "google.rpc.ErrorInfo"

  /// The cause, constant and `UPPER_SNAKE_CASE`.
  public var reason = ""
  /// Who defines the reason, such as a host name.
  public var domain = ""
  /// Further facts by name.
  public var metadata = StringMap()

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Creates the message from its fields.
  public init(reason: String, domain: String, metadata: StringMap = [:]) {
    self.reason = reason
    self.domain = domain
    self.metadata = metadata
  }

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &reason)
    try decoder.string(2, &domain)
    try decoder.map(3, &metadata)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "reason", reason)
    visitor.string(2, "domain", domain)
    visitor.map(3, "metadata", metadata)
  }
}
