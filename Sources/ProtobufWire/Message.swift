/// A protobuf message written by hand: its fields are plain stored properties, and two methods list
/// them, one for reading and one for everything else.
///
/// Adding a field is one property and one line in each of the two methods. The pattern:
///
/// ```swift
/// public struct Argument: Message {
///   public static let fullName = "yandex.cloud.datasphere.v2.jobs.Argument"
///   public var name = ""
///   public var value = ""
///   public var unknownFields = UnknownFields()
///   public init() {}
///
///   public mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
///     try decoder.string(1, &name)
///     try decoder.string(2, &value)
///   }
///
///   @inlinable public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
///     visitor.string(1, "name", name)
///     visitor.string(2, "value", value)
///   }
/// }
/// ```
public protocol Message:
  Sendable, Hashable, CustomDebugStringConvertible, CustomReflectable
{
  /// The full protobuf name, such as `yandex.cloud.datasphere.v2.jobs.Argument`.
  static var fullName: String { get }

  /// The fields that were decoded but are not part of this type; they are encoded again verbatim.
  var unknownFields: UnknownFields { get set }

  /// Creates the message with every field at its default.
  init()

  /// Offers the decoder every field once, in ascending order of numbers.
  ///
  /// The decoder consumes a field only when its tag is the current one, so an encoding in ascending
  /// order is read in a single call; otherwise the method is called again until all is consumed.
  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError)

  /// Shows the visitor every field once, set or not, in ascending order of numbers.
  func visitFields<V: FieldVisitor>(_ visitor: inout V)

  // No message implements these itself. They are requirements so that a caller that knows the type
  // only at run time reaches the code that was specialized for it, and not the generic one, which
  // dispatches every field of every visitor.

  /// Encodes the message: known fields by number, map entries by key, then the unknown fields.
  ///
  /// Equal messages always give equal bytes.
  func serializedBytes() -> [UInt8]

  /// Encodes the message straight into memory of the caller's.
  ///
  /// `allocate` is called once, with the exact size, and returns memory for that many bytes or more;
  /// the encoding is at its start.
  func encode(into allocate: (_ byteCount: Int) -> UnsafeMutableRawBufferPointer)
}

extension Message {
  /// Creates a message and fills it in place: `Argument.with { $0.name = "RANGE" }`.
  @inlinable
  public static func with(_ populate: (inout Self) throws -> Void) rethrows -> Self {
    var message = Self()
    try populate(&message)
    return message
  }
}
