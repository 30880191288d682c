import ProtobufWire

/// Collects all fields that are set in a message and below it, with their values.
struct SetFields: FieldVisitor {
  /// The values by path, encoded so that different values differ.
  ///
  /// A path is `env.python_env.pip_options.index_url`. Map entries have none; what is below a list
  /// is in the list's value as well.
  private(set) var values: [String: [UInt8]] = [:]
  private var prefix = ""

  /// The value of a message that is there, whatever is in it.
  static let presence: [UInt8] = [0]

  /// The fields that are set.
  static func values<M: Message>(of message: M) -> [String: [UInt8]] {
    var visitor = SetFields()
    message.visitFields(&visitor)
    return visitor.values
  }

  /// The paths of the fields that are set.
  static func paths<M: Message>(of message: M) -> Set<String> { Set(values(of: message).keys) }

  private mutating func add(_ name: StaticString, _ values: [[UInt8]]) {
    let value = values.flatMap { [UInt8(truncatingIfNeeded: $0.count)] + $0 }
    if !values.isEmpty { self.values["\(prefix)\(name)", default: []] += value }
  }

  private mutating func add(_ name: StaticString, _ value: Int64?) {
    if let value { add(name, [Array("\(value)".utf8)]) }
  }

  private mutating func descend<M: Message>(_ name: StaticString, _ message: M) {
    let outer = prefix
    prefix += "\(name)."
    message.visitFields(&self)
    prefix = outer
  }

  mutating func string(_ number: UInt32, _ name: StaticString, _ value: String, secret: Bool) {
    if !value.isEmpty { add(name, [Array(value.utf8)]) }
  }
  mutating func bytes(_ number: UInt32, _ name: StaticString, _ value: [UInt8]) {
    if !value.isEmpty { add(name, [value]) }
  }
  mutating func bool(_ number: UInt32, _ name: StaticString, _ value: Bool) {
    if value { add(name, 1) }
  }
  mutating func int32(_ number: UInt32, _ name: StaticString, _ value: Int32) {
    if value != 0 { add(name, Int64(value)) }
  }
  mutating func int64(_ number: UInt32, _ name: StaticString, _ value: Int64) {
    if value != 0 { add(name, value) }
  }
  mutating func enumeration<E: OpenEnum>(_ number: UInt32, _ name: StaticString, _ value: E) {
    if value.rawValue != 0 { add(name, Int64(value.rawValue)) }
  }
  mutating func message<M: Message>(
    _ number: UInt32, _ name: StaticString, _ value: M?, oneof: StaticString?
  ) {
    guard let value else { return }
    add(name, [[]])
    descend(name, value)
  }
  mutating func optionalString(
    _ number: UInt32, _ name: StaticString, _ value: String?, oneof: StaticString, secret: Bool
  ) {
    if let value { add(name, [Array(value.utf8)]) }
  }
  mutating func optionalInt64(
    _ number: UInt32, _ name: StaticString, _ value: Int64?, oneof: StaticString
  ) { add(name, value) }
  mutating func optionalEnumeration<E: OpenEnum>(
    _ number: UInt32, _ name: StaticString, _ value: E?, oneof: StaticString
  ) { add(name, value.map { Int64($0.rawValue) }) }
  mutating func repeatedString(_ number: UInt32, _ name: StaticString, _ values: [String]) {
    add(name, values.map { Array($0.utf8) })
  }
  mutating func repeatedBytes(_ number: UInt32, _ name: StaticString, _ values: [[UInt8]]) {
    add(name, values)
  }
  mutating func repeatedInt32(_ number: UInt32, _ name: StaticString, _ values: [Int32]) {
    for value in values { add(name, Int64(value)) }
  }
  mutating func repeatedMessage<M: Message>(_ number: UInt32, _ name: StaticString, _ values: [M]) {
    add(name, values.map { $0.serializedBytes() })
    for value in values { descend(name, value) }
  }
  mutating func map(_ number: UInt32, _ name: StaticString, _ values: StringMap) {
    add(name, values.flatMap { [Array($0.key.utf8), Array($0.value.utf8)] })
  }
}
