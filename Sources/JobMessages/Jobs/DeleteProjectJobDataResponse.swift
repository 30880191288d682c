public import ProtobufWire

/// The outcome of DeleteData.
public struct DeleteProjectJobDataResponse: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.DeleteProjectJobDataResponse"

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {}

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {}
}
