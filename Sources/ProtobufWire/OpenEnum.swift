/// A proto3 enum: a number with names for the values known today; other numbers survive.
public protocol OpenEnum: RawRepresentable, Hashable, Sendable, CustomStringConvertible
where RawValue == Int32 {
  /// The full protobuf name, such as `yandex.cloud.datasphere.v2.jobs.JobStatus`.
  static var fullName: String { get }

  /// The declared values by their protobuf names, in the order of declaration.
  static var names: KeyValuePairs<String, Self> { get }

  /// Creates the value with this number, declared or not.
  init(rawValue: Int32)
}

extension OpenEnum {
  /// The protobuf name, or nil for a number that is not declared.
  public var name: String? {
    Self.names.first { $0.value == self }?.key
  }

  /// Finds a value by its protobuf name, such as `UPLOADING_OUTPUT`.
  public init?(name: String) {
    guard let value = Self.names.first(where: { $0.key == name })?.value else { return nil }
    self = value
  }

  /// The protobuf name, or the number where there is none.
  public var description: String { name ?? String(rawValue) }
}
