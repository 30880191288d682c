public import ProtobufWire

/// A standard stream of a command.
public struct StandardStream: OpenEnum {
  /// The full protobuf name.
  public static let fullName = "yandex.cloud.datasphere.v2.jobs.StandardStream"
  /// The declared values by their protobuf names.
  public static let names: KeyValuePairs<String, Self> = [
    "STANDARD_STREAM_UNSPECIFIED": .unspecified,
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
