public import ProtobufWire

/// A text in the user's language.
public struct LocalizedMessage: Message {
  /// The full protobuf name.
  public static let fullName = "google.rpc.LocalizedMessage"

  /// The language, as BCP 47 names it, such as `de-CH`.
  public var locale = ""
  /// The text.
  public var message = ""

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Creates the message from its fields.
  public init(locale: String, message: String) {
    self.locale = locale
    self.message = message
  }

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &locale)
    try decoder.string(2, &message)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "locale", locale)
    visitor.string(2, "message", message)
  }
}
