import ProtobufWire

/// Collects the paths of all fields that are set in a message and below it.
struct SetFields: FieldVisitor {
  private(set) var paths: Set<String> = []
  private var prefix = ""

  /// The paths of the fields that are set, map entries left out.
  static func paths<M: Message>(of message: M) -> Set<String> {
    var visitor = SetFields()
    message.visitFields(&visitor)
    return visitor.paths
  }

  private mutating func add(_ name: StaticString, _ isSet: Bool) {
    if isSet { paths.insert("\(prefix)\(name)") }
  }

  private mutating func descend<M: Message>(_ name: StaticString, _ message: M) {
    let outer = prefix
    prefix += "\(name)."
    message.visitFields(&self)
    prefix = outer
  }

  mutating func string(_ number: UInt32, _ name: StaticString, _ value: String, secret: Bool) {
    add(name, !value.isEmpty)
  }
  mutating func bytes(_ number: UInt32, _ name: StaticString, _ value: [UInt8]) {
    add(name, !value.isEmpty)
  }
  mutating func bool(_ number: UInt32, _ name: StaticString, _ value: Bool) { add(name, value) }
  mutating func int32(_ number: UInt32, _ name: StaticString, _ value: Int32) {
    add(name, value != 0)
  }
  mutating func int64(_ number: UInt32, _ name: StaticString, _ value: Int64) {
    add(name, value != 0)
  }
  mutating func enumeration<E: OpenEnum>(_ number: UInt32, _ name: StaticString, _ value: E) {
    add(name, value.rawValue != 0)
  }
  mutating func message<M: Message>(
    _ number: UInt32, _ name: StaticString, _ value: M?, oneof: StaticString?
  ) {
    guard let value else { return }
    add(name, true)
    descend(name, value)
  }
  mutating func optionalString(
    _ number: UInt32, _ name: StaticString, _ value: String?, oneof: StaticString, secret: Bool
  ) { add(name, value != nil) }
  mutating func optionalInt64(
    _ number: UInt32, _ name: StaticString, _ value: Int64?, oneof: StaticString
  ) { add(name, value != nil) }
  mutating func optionalEnumeration<E: OpenEnum>(
    _ number: UInt32, _ name: StaticString, _ value: E?, oneof: StaticString
  ) { add(name, value != nil) }
  mutating func repeatedString(_ number: UInt32, _ name: StaticString, _ values: [String]) {
    add(name, !values.isEmpty)
  }
  mutating func repeatedBytes(_ number: UInt32, _ name: StaticString, _ values: [[UInt8]]) {
    add(name, !values.isEmpty)
  }
  mutating func repeatedInt32(_ number: UInt32, _ name: StaticString, _ values: [Int32]) {
    add(name, !values.isEmpty)
  }
  mutating func repeatedMessage<M: Message>(_ number: UInt32, _ name: StaticString, _ values: [M]) {
    add(name, !values.isEmpty)
    for value in values { descend(name, value) }
  }
  mutating func map(_ number: UInt32, _ name: StaticString, _ values: StringMap) {
    add(name, !values.isEmpty)
  }
}
