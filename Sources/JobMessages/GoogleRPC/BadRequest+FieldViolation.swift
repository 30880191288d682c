public import ProtobufWire

extension BadRequest {
  /// A field of a request that is wrong.
  public struct FieldViolation: Message {
    /// The full protobuf name.
    public static let fullName = "google.rpc.BadRequest.FieldViolation"

    /// The path of the field by proto names, such as `a.items[2].name`.
    public var field = ""
    /// What is wrong with it, for people to read.
    public var description = ""
    /// What is wrong with it, for programs to read.
    public var reason = ""
    /// The description in the user's language.
    public var localizedMessage: LocalizedMessage?

    /// The fields that this type does not know, kept as they came.
    public var unknownFields = UnknownFields()

    /// Creates the message with no field set.
    public init() {}

    /// Creates the message from its fields.
    public init(
      field: String, description: String, reason: String = "",
      localizedMessage: LocalizedMessage? = nil
    ) {
      self.field = field
      self.description = description
      self.reason = reason
      self.localizedMessage = localizedMessage
    }

    /// Reads the fields, as `Message` lays down.
    public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
      try decoder.string(1, &field)
      try decoder.string(2, &description)
      try decoder.string(3, &reason)
      try decoder.message(4, &localizedMessage)
    }

    /// Shows the fields, as `Message` lays down.
    @inlinable
    public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
      visitor.string(1, "field", field)
      visitor.string(2, "description", description)
      visitor.string(3, "reason", reason)
      visitor.message(4, "localized_message", localizedMessage)
    }
  }
}
