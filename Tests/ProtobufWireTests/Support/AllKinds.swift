import ProtobufWire

/// A message with a field of every kind, tags of one, two and three bytes, and nesting.
struct AllKinds: Message {
  static let fullName = "test.AllKinds"

  var text = ""
  var raw: [UInt8] = []
  var flag = false
  var small: Int32 = 0
  var large: Int64 = 0
  var color = Color(rawValue: 0)
  var leaf: Leaf?
  var children: [AllKinds] = []
  var maybe: Int64?
  var choice: Choice?
  var texts: [String] = []
  var raws: [[UInt8]] = []
  var numbers: [Int32] = []
  var map = StringMap()
  var leaves: [Leaf] = []
  var secret = ""

  /// How often the decoder asked for the fields: a count of work, not a field.
  var passes = 0
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    passes += 1
    try decoder.string(1, &text)
    try decoder.bytes(2, &raw)
    try decoder.bool(3, &flag)
    try decoder.int32(4, &small)
    try decoder.int64(5, &large)
    try decoder.enumeration(6, &color)
    try decoder.message(7, &leaf)
    try decoder.repeatedMessage(8, &children)
    try decoder.optionalInt64(9, &maybe)
    try decoder.oneofString(10) { choice = .text($0) }
    try decoder.oneofMessage(11, &choice, Choice.leaf) {
      if case .leaf(let value) = $0 { value } else { nil }
    }
    try decoder.oneofEnumeration(12) { choice = .color($0) }
    try decoder.repeatedString(13, &texts)
    try decoder.repeatedBytes(14, &raws)
    try decoder.repeatedInt32(15, &numbers)
    try decoder.map(16, &map)
    try decoder.repeatedMessage(17, &leaves)
    try decoder.string(5000, &secret)
  }

  func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "text", text)
    visitor.bytes(2, "raw", raw)
    visitor.bool(3, "flag", flag)
    visitor.int32(4, "small", small)
    visitor.int64(5, "large", large)
    visitor.enumeration(6, "color", color)
    visitor.message(7, "leaf", leaf)
    visitor.repeatedMessage(8, "children", children)
    visitor.optionalInt64(9, "maybe", maybe, oneof: "_maybe")
    visitor.optionalString(10, "chosen_text", chosenText, oneof: "choice")
    visitor.message(11, "chosen_leaf", chosenLeaf, oneof: "choice")
    visitor.optionalEnumeration(12, "chosen_color", chosenColor, oneof: "choice")
    visitor.repeatedString(13, "texts", texts)
    visitor.repeatedBytes(14, "raws", raws)
    visitor.repeatedInt32(15, "numbers", numbers)
    visitor.map(16, "map", map)
    visitor.repeatedMessage(17, "leaves", leaves)
    visitor.string(5000, "secret", secret, secret: true)
  }
}

extension AllKinds {
  enum Choice: Sendable, Hashable {
    case text(String)
    case leaf(Leaf)
    case color(Color)
  }

  var chosenText: String? { if case .text(let value) = choice { value } else { nil } }
  var chosenLeaf: Leaf? { if case .leaf(let value) = choice { value } else { nil } }
  var chosenColor: Color? { if case .color(let value) = choice { value } else { nil } }
}

struct Leaf: Message {
  static let fullName = "test.Leaf"
  var name = ""
  var size: Int32 = 0
  var unknownFields = UnknownFields()

  mutating func decodeFields(_ decoder: inout WireDecoder) throws(WireError) {
    try decoder.string(1, &name)
    try decoder.int32(2, &size)
  }

  func visitFields<V: FieldVisitor>(_ visitor: inout V) {
    visitor.string(1, "name", name)
    visitor.int32(2, "size", size)
  }
}

struct Color: OpenEnum {
  static let fullName = "test.Color"
  static let names: KeyValuePairs<String, Self> = [
    "COLOR_UNSPECIFIED": .init(rawValue: 0), "RED": .red,
  ]
  static let red = Self(rawValue: 1)
  var rawValue: Int32
}
