internal import ProtobufWire

/// Writes the fields it is shown, those that are set, as members of a JSON object.
struct JSONVisitor: FieldVisitor {
  let options: JSONOptions
  var writer: JSONWriter
  private var path = JSONPath()
  private var level = 0
  /// A visitor cannot throw; after the first failure it writes nothing that matters.
  private var failure: JSONError?

  private init(options: JSONOptions) {
    self.options = options
    writer = JSONWriter(isPretty: options.isPretty)
  }

  static func encoding(
    of message: some Message, options: JSONOptions
  ) throws(JSONError) -> [UInt8] {
    var visitor = JSONVisitor(options: options)
    visitor.value(message)
    if let failure = visitor.failure { throw failure }
    return visitor.writer.bytes
  }

  mutating func fail(_ reason: JSONError.Reason) {
    if failure == nil { failure = JSONError(reason, path: path.text) }
  }

  /// Writes what `body` writes one level further in.
  mutating func nested(_ body: (inout Self) -> Void) {
    guard failure == nil else { return }
    guard level < JSONLimits.nesting else { return fail(.nestingTooDeep) }
    level += 1
    body(&self)
    level -= 1
  }

  private mutating func key(_ name: StaticString) {
    name.withUTF8Buffer { utf8 in
      if options.preservesFieldNames {
        writer.key(utf8)
      } else {
        writer.key(JSONName.camelCased(utf8))
      }
    }
  }

  private mutating func list<Element>(
    _ name: StaticString, _ values: [Element], _ write: (inout Self, Int, Element) -> Void
  ) {
    guard !values.isEmpty || options.includesDefaults else { return }
    key(name)
    nested { visitor in
      visitor.writer.open("[")
      for (index, value) in values.enumerated() {
        visitor.writer.element()
        write(&visitor, index, value)
      }
      visitor.writer.close("]")
    }
  }

  private mutating func text(_ value: String, secret: Bool) {
    writer.string((secret && options.redactsSecrets ? "<redacted>" : value).utf8)
  }

  private mutating func text(_ value: some OpenEnum) {
    if let name = value.name { writer.quoted(name) } else { writer.raw(String(value.rawValue)) }
  }

  private func isShown(_ value: some Numeric) -> Bool { value != 0 || options.includesDefaults }
}

// MARK: - Without presence

extension JSONVisitor {
  mutating func string(_ number: UInt32, _ name: StaticString, _ value: String, secret: Bool) {
    guard !value.isEmpty || options.includesDefaults else { return }
    key(name)
    text(value, secret: secret && !value.isEmpty)
  }

  mutating func bytes(_ number: UInt32, _ name: StaticString, _ value: [UInt8]) {
    guard !value.isEmpty || options.includesDefaults else { return }
    key(name)
    writer.base64(value)
  }

  mutating func bool(_ number: UInt32, _ name: StaticString, _ value: Bool) {
    guard value || options.includesDefaults else { return }
    key(name)
    writer.raw(value ? "true" : "false")
  }

  mutating func int32(_ number: UInt32, _ name: StaticString, _ value: Int32) {
    guard isShown(value) else { return }
    key(name)
    writer.raw(String(value))
  }

  mutating func int64(_ number: UInt32, _ name: StaticString, _ value: Int64) {
    guard isShown(value) else { return }
    key(name)
    writer.quoted(String(value))
  }

  mutating func enumeration<E: OpenEnum>(_ number: UInt32, _ name: StaticString, _ value: E) {
    guard isShown(value.rawValue) else { return }
    key(name)
    text(value)
  }
}

// MARK: - With presence

extension JSONVisitor {
  mutating func message<M: Message>(
    _ number: UInt32, _ name: StaticString, _ value: M?, oneof: StaticString?
  ) {
    guard let value else { return }
    key(name)
    path.append(.field(name))
    self.value(value)
    path.removeLast()
  }

  mutating func optionalString(
    _ number: UInt32, _ name: StaticString, _ value: String?, oneof: StaticString, secret: Bool
  ) {
    guard let value else { return }
    key(name)
    text(value, secret: secret)
  }

  mutating func optionalInt64(
    _ number: UInt32, _ name: StaticString, _ value: Int64?, oneof: StaticString
  ) {
    guard let value else { return }
    key(name)
    writer.quoted(String(value))
  }

  mutating func optionalEnumeration<E: OpenEnum>(
    _ number: UInt32, _ name: StaticString, _ value: E?, oneof: StaticString
  ) {
    guard let value else { return }
    key(name)
    text(value)
  }
}

// MARK: - Repeated

extension JSONVisitor {
  mutating func repeatedString(_ number: UInt32, _ name: StaticString, _ values: [String]) {
    list(name, values) { $0.text($2, secret: false) }
  }

  mutating func repeatedBytes(_ number: UInt32, _ name: StaticString, _ values: [[UInt8]]) {
    list(name, values) { $0.writer.base64($2) }
  }

  mutating func repeatedInt32(_ number: UInt32, _ name: StaticString, _ values: [Int32]) {
    list(name, values) { $0.writer.raw(String($2)) }
  }

  mutating func repeatedMessage<M: Message>(
    _ number: UInt32, _ name: StaticString, _ values: [M]
  ) {
    path.append(.field(name))
    list(name, values) { visitor, index, value in
      visitor.path.append(.index(index))
      visitor.value(value)
      visitor.path.removeLast()
    }
    path.removeLast()
  }

  mutating func map(_ number: UInt32, _ name: StaticString, _ values: StringMap) {
    guard !values.isEmpty || options.includesDefaults else { return }
    key(name)
    // Nearly the map's own order, which puts `ab` before `a`.
    let entries = values.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    nested { visitor in
      visitor.writer.open("{")
      for entry in entries {
        visitor.writer.key(entry.key.utf8)
        visitor.writer.string(entry.value.utf8)
      }
      visitor.writer.close("}")
    }
  }
}

extension JSONPath.Step {
  /// The field's step, as its name reads in JSON.
  fileprivate static func field(_ name: StaticString) -> Self {
    .field(name.withUTF8Buffer { String(decoding: JSONName.camelCased($0), as: UTF8.self) })
  }
}
