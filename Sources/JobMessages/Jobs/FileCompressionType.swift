public import ProtobufWire

/// How content is compressed.
public struct FileCompressionType: OpenEnum {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.FileCompressionType"
  /// The declared values by their protobuf names.
  public static let names: KeyValuePairs<String, Self> = [
    "FILE_COMPRESSION_TYPE_UNSPECIFIED": .unspecified,
    "NONE": .none,
    "ZIP": .zip,
  ]

  /// Not set.
  public static let unspecified = Self(rawValue: 0)
  /// Not compressed.
  public static let none = Self(rawValue: 1)
  /// As a ZIP archive.
  public static let zip = Self(rawValue: 2)

  /// The number on the wire.
  public var rawValue: Int32

  /// Creates the value with this number, declared or not.
  public init(rawValue: Int32) { self.rawValue = rawValue }
}
