public import ProtobufWire

/// Why a JSON text is not the message it should be, or a message cannot be said in JSON, and where.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The rule that was broken.
  public enum Reason: Hashable, Sendable {
    /// The text is not JSON; the payload says what should have come.
    case syntax(expected: String)
    /// The text is not UTF-8.
    case invalidUTF8
    /// Objects and lists are nested more than 100 deep.
    case nestingTooDeep
    /// The message has no field of this name.
    case unknownField
    /// A field, in either spelling, or a key of a map comes twice.
    case duplicate
    /// Two members of a oneof are set.
    case oneofSetTwice(String)
    /// The value is of another JSON type.
    case wrongType(expected: String)
    /// A number is fractional or not in the range of its type.
    case outOfRange(String)
    /// A string is not in the form of its type.
    case malformed(String)
    /// The enum has no value of this name.
    case unknownEnumValue(String)
    /// An `Any` lacks `@type`, or the `value` that a special type has.
    case missing(String)
    /// An `Any` holds a type that is not in the registry.
    case unknownMessageType
    /// An `Any` holds bytes that are not of its type.
    case undecodable(WireError)
  }

  /// The rule that was broken.
  public var reason: Reason
  /// The place in the message, such as `jobParameters.inputFiles[2].desc`; empty at the top.
  public var path: String
  /// The place in the text that was read; nil when writing.
  public var position: Position?

  /// A place in a text.
  public struct Position: Hashable, Sendable {
    /// The line, from 1.
    public var line: Int
    /// The place in the line, from 1, in Unicode scalars.
    public var column: Int
  }

  init(_ reason: Reason, path: String, position: Position? = nil) {
    self.reason = reason
    self.path = path
    self.position = position
  }

  /// One sentence; names from the text may show in the path, values of the text never.
  public var description: String {
    let place = position.map { "line \($0.line), column \($0.column): " } ?? ""
    return place + (path.isEmpty ? "" : path + ": ") + reason.text
  }
}

extension JSONError.Reason {
  fileprivate var text: String {
    switch self {
    case .syntax(let expected): "not JSON: expected \(expected)"
    case .invalidUTF8: "the text is not valid UTF-8"
    case .nestingTooDeep: "nested more than \(JSONLimits.nesting) deep"
    case .unknownField: "there is no such field"
    case .duplicate: "the field or key comes twice"
    case .oneofSetTwice(let name): "another member of the oneof \(name) is set as well"
    case .wrongType(let expected): "expected \(expected)"
    case .outOfRange(let type): "the number is not in the range of \(type)"
    case .malformed(let what): "not \(what)"
    case .unknownEnumValue(let type): "no value of \(type)"
    case .missing(let name): "\"\(name)\" is missing"
    case .unknownMessageType: "the message type is not known"
    case .undecodable(let error): error.description
    }
  }
}

enum JSONLimits {
  /// How deep objects and lists may nest; the official runtimes' default.
  ///
  /// It holds for writing too, so that what is written can be read again.
  static let nesting = 100
}
