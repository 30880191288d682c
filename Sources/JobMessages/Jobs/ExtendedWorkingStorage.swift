public import ProtobufWire

/// A working disk beside the standard one.
public struct ExtendedWorkingStorage: Message {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.ExtendedWorkingStorage"

  /// The kind of disk.
  public var type = StorageType(rawValue: 0)
  /// The size in GB.
  public var sizeGb: Int64 = 0

  /// The fields that this type does not know, kept as they came.
  public var unknownFields = UnknownFields()

  /// Creates the message with no field set.
  public init() {}

  /// Creates the message from its fields.
  public init(type: StorageType, sizeGb: Int64) {
    self.type = type
    self.sizeGb = sizeGb
  }

  /// Reads the fields, as `Message` lays down.
  public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.enumeration(1, &type)
    try decoder.int64(2, &sizeGb)
  }

  /// Shows the fields, as `Message` lays down.
  @inlinable
  public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.enumeration(1, "type", type)
    visitor.int64(2, "size_gb", sizeGb)
  }
}

extension ExtendedWorkingStorage {
  /// A kind of disk.
  public struct StorageType: OpenEnum {
    /// The full protobuf name.
    public static let fullName =
      "yandex.cloud.datasphere.v2.jobs.ExtendedWorkingStorage.StorageType"
    /// The declared values by their protobuf names.
    public static let names: KeyValuePairs<String, Self> = [
      "STORAGE_TYPE_UNSPECIFIED": .unspecified,
      "SSD": .ssd,
    ]

    /// Not set.
    public static let unspecified = Self(rawValue: 0)
    /// A solid state disk.
    public static let ssd = Self(rawValue: 1)

    /// The number on the wire.
    public var rawValue: Int32

    /// Creates the value with this number, declared or not.
    public init(rawValue: Int32) { self.rawValue = rawValue }
  }
}
