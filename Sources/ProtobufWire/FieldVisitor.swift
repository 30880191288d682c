/// Is shown every field of a message, set or not: sizes, encodes, describes or tabulates them.
///
/// `name` is the field's name in the .proto file. Singular scalars have no presence, and a visitor
/// that writes skips those with the default value; the `optional` variants have presence and belong
/// to a oneof, for a proto3 `optional` field the one that protoc makes up (`_field_name`).
public protocol FieldVisitor {
  /// Visits a string; a secret one is hidden from descriptions.
  mutating func string(_ number: UInt32, _ name: StaticString, _ value: String, secret: Bool)
  /// Visits raw bytes.
  mutating func bytes(_ number: UInt32, _ name: StaticString, _ value: [UInt8])
  /// Visits a truth value.
  mutating func bool(_ number: UInt32, _ name: StaticString, _ value: Bool)
  /// Visits an `int32`.
  mutating func int32(_ number: UInt32, _ name: StaticString, _ value: Int32)
  /// Visits an `int64`.
  mutating func int64(_ number: UInt32, _ name: StaticString, _ value: Int64)
  /// Visits an enum's value.
  mutating func enumeration<E: OpenEnum>(_ number: UInt32, _ name: StaticString, _ value: E)

  /// Visits a message, which always has presence, in the named oneof if it is a member of one.
  mutating func message<M: Message>(
    _ number: UInt32, _ name: StaticString, _ value: M?, oneof: StaticString?)
  /// Visits a string with presence; a secret one is hidden from descriptions.
  mutating func optionalString(
    _ number: UInt32, _ name: StaticString, _ value: String?, oneof: StaticString, secret: Bool)
  /// Visits an `int64` with presence.
  mutating func optionalInt64(
    _ number: UInt32, _ name: StaticString, _ value: Int64?, oneof: StaticString)
  /// Visits an enum's value with presence.
  mutating func optionalEnumeration<E: OpenEnum>(
    _ number: UInt32, _ name: StaticString, _ value: E?, oneof: StaticString)

  /// Visits repeated strings.
  mutating func repeatedString(_ number: UInt32, _ name: StaticString, _ values: [String])
  /// Visits repeated raw bytes.
  mutating func repeatedBytes(_ number: UInt32, _ name: StaticString, _ values: [[UInt8]])
  /// Visits repeated `int32`s, which are encoded packed.
  mutating func repeatedInt32(_ number: UInt32, _ name: StaticString, _ values: [Int32])
  /// Visits repeated messages.
  mutating func repeatedMessage<M: Message>(
    _ number: UInt32, _ name: StaticString, _ values: [M])
  /// Visits a `map<string, string>`.
  mutating func map(_ number: UInt32, _ name: StaticString, _ values: StringMap)
}

extension FieldVisitor {
  /// Visits a string that is no secret.
  @inlinable @inline(__always)
  public mutating func string(_ number: UInt32, _ name: StaticString, _ value: String) {
    string(number, name, value, secret: false)
  }

  /// Visits a message outside any oneof.
  @inlinable @inline(__always)
  public mutating func message<M: Message>(
    _ number: UInt32, _ name: StaticString, _ value: M?
  ) {
    message(number, name, value, oneof: nil)
  }

  /// Visits a string with presence that is no secret.
  @inlinable @inline(__always)
  public mutating func optionalString(
    _ number: UInt32, _ name: StaticString, _ value: String?, oneof: StaticString
  ) {
    optionalString(number, name, value, oneof: oneof, secret: false)
  }
}
