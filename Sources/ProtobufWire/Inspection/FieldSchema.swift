/// One row of a message's table of fields, as its .proto file would declare it.
public struct FieldSchema: Sendable {
  /// The type of a field, or of its elements if it is repeated.
  public enum Kind: Sendable {
    /// Unicode text.
    case string
    /// Raw bytes.
    case bytes
    /// A truth value.
    case bool
    /// A 32-bit number as a varint.
    case int32
    /// A 64-bit number as a varint.
    case int64
    /// An enum.
    case enumeration(any OpenEnum.Type)
    /// A message.
    case message(any Message.Type)
    /// A `map<string, string>`.
    case stringMap
  }

  /// The field's number on the wire.
  public let number: Int
  /// The field's name in the .proto file.
  public let name: String
  /// The type of the field or of its elements.
  public let kind: Kind
  /// Whether the field is declared `repeated`; a map is not.
  public let isRepeated: Bool
  /// The oneof that the field is a member of; `_name` for a proto3 `optional` field `name`.
  public let oneof: String?
  /// Whether descriptions hide the value.
  public let isSecret: Bool
}

extension Message {
  /// The table of this type's fields, in ascending order of numbers.
  public static var fieldSchemas: [FieldSchema] {
    var visitor = SchemaVisitor()
    Self().visitFields(&visitor)
    return visitor.fields
  }
}
