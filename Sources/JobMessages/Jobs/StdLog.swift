public import ProtobufWire

/// A piece of what a job wrote to a standard stream.
public struct StdLog: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.StdLog"

  /// The bytes as written.
  public var content: [UInt8] = []
  /// The stream they were written to.
  public var type = TypeEnum(rawValue: 0)

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.bytes(1, &content)
    try decoder.enumeration(2, &type)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.bytes(1, "content", content)
    visitor.enumeration(2, "type", type)
  }
}

extension StdLog {
  /// A standard stream of a command.
  public struct TypeEnum: OpenEnum {
    /// The full protobuf name.
    public static let fullName = "yandex.cloud.datasphere.v2.jobs.StdLog.Type"
    /// The declared values by their protobuf names.
    public static let names: KeyValuePairs<String, Self> = [
      "TYPE_UNSPECIFIED": .unspecified,
      "OUT": .out,
      "ERR": .err,
    ]

    /// Not set.
    public static let unspecified = Self(rawValue: 0)
    /// Standard output.
    public static let out = Self(rawValue: 1)
    /// Standard error.
    public static let err = Self(rawValue: 2)

    /// The number on the wire.
    public var rawValue: Int32

    /// Creates the value with this number, declared or not.
    public init(rawValue: Int32) { self.rawValue = rawValue }
  }
}
