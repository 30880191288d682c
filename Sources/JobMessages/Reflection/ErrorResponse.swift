public import ProtobufWire

/// Why a question has no answer.
public struct ErrorResponse<Package: ReflectionPackage>: Message {
  /// The full protobuf name.
  public static var fullName: String { Package.name + ".ErrorResponse" }

  /// A gRPC status code.
  public var errorCode: Int32 = 0
  /// What went wrong, for people to read.
  public var errorMessage = ""

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.int32(1, &errorCode)
    try decoder.string(2, &errorMessage)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.int32(1, "error_code", errorCode)
    visitor.string(2, "error_message", errorMessage)
  }
}
