import ProtobufWire
import TestSupport

/// The way from a message through message fields to a field, which is sent again and again.
struct FieldPath: CustomStringConvertible {
  let root: any Message.Type
  let fields: [FieldSchema]

  /// The longest ways that are followed.
  private static let longest = 4

  /// The ways to all fields of a message and of the messages below it.
  static func all(from root: any Message.Type) -> [FieldPath] {
    below(root).map { FieldPath(root: root, fields: $0) }
  }

  private static func below(_ type: any Message.Type, depth: Int = longest) -> [[FieldSchema]] {
    type.fieldSchemas.flatMap { field -> [[FieldSchema]] in
      guard case .message(let inner) = field.kind, depth > 1 else { return [[field]] }
      return [[field]] + below(inner, depth: depth - 1).map { [field] + $0 }
    }
  }

  /// The encoding of the last field with all that encloses it, number `index` of many.
  func piece(_ index: Int) -> [UInt8] {
    guard let last = fields.last else { return [] }
    return fields.dropLast().reversed().reduce(Self.occurrence(of: last, index)) { content, field in
      lengthDelimited(field.number, content)
    }
  }

  /// An occurrence of each other field of the outermost message in turn, and of an unknown one.
  func other(_ index: Int) -> [UInt8] {
    let others = root.fieldSchemas.filter { $0.number != fields.first?.number }
    let choice = index % (others.count + 1)
    return choice < others.count
      ? Self.occurrence(of: others[choice], index) : lengthDelimited(1_999, [1, 2, 3])
  }

  private static func occurrence(of field: FieldSchema, _ index: Int) -> [UInt8] {
    // So long that Swift keeps it on the heap, and in descending order.
    let text = Array("a text of some length \(1_000_000 - index)".utf8)
    switch field.kind {
    case .string, .bytes: return lengthDelimited(field.number, text)
    case .message: return lengthDelimited(field.number, lengthDelimited(1_999, text))
    case .stringMap:
      return lengthDelimited(field.number, lengthDelimited(1, text) + lengthDelimited(2, text))
    case .bool, .int32, .int64, .enumeration: return varint(UInt64(field.number) << 3) + [1]
    }
  }

  var description: String {
    "\(root.fullName): \(fields.map(\.name).joined(separator: "."))"
  }
}
