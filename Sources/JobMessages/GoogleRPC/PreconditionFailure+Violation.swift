public import ProtobufWire

extension PreconditionFailure {
  /// A condition that does not hold.
  public struct Violation: Message {
    /// The full protobuf name.
    public static let fullName = "google.rpc.PreconditionFailure.Violation"

    /// The kind of condition, in the terms of the service.
    public var type = ""
    /// What the condition is about.
    public var subject = ""
    /// What must be done, for people to read.
    public var description = ""

    /// The fields that this type does not know, kept as they came.
    public var unknownFields = UnknownFields()

    /// Creates the message with no field set.
    public init() {}

    /// Creates the message from its fields.
    public init(type: String, subject: String, description: String) {
      self.type = type
      self.subject = subject
      self.description = description
    }

    /// Reads the fields, as `Message` lays down.
    public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
      try decoder.string(1, &type)
      try decoder.string(2, &subject)
      try decoder.string(3, &description)
    }

    /// Shows the fields, as `Message` lays down.
    @inlinable
    public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
      visitor.string(1, "type", type)
      visitor.string(2, "subject", subject)
      visitor.string(3, "description", description)
    }
  }
}
