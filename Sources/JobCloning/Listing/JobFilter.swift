internal import JobMessages
internal import ProtobufWire

/// What `filter` of a List asks for (clone-semantics §4): fields compared with quoted values,
/// joined by `AND`.
///
/// ```
/// filter     = [ comparison *( space "AND" space comparison ) ]
/// comparison = ( "name" / "status" / "created_by_id" / "parent_job_id" ) "=" value
/// value      = DQUOTE *( any character but DQUOTE and backslash / "\" DQUOTE / "\\" ) DQUOTE
/// ```
/// White space may stand around `=` and at both ends. A field may be compared once.
struct JobFilter: Hashable {
  /// More characters than this are refused.
  static let lengthLimit = 1_000

  var name: String?
  var status: JobStatus?
  var createdByID: String?
  var parentJobID: String?

  /// What is wrong with a filter, in words.
  struct Fault: Error {
    let description: String
  }

  /// Reads a filter.
  init(_ text: String) throws(Fault) {
    guard text.utf8.count <= Self.lengthLimit || text.unicodeScalars.count <= Self.lengthLimit
    else { throw Fault(description: "over the limit of \(Self.lengthLimit) characters") }
    var scanner = Scanner(text)
    scanner.skipSpace()
    while !scanner.isAtEnd {
      let field = scanner.word()
      scanner.skipSpace()
      guard scanner.skip("=") else {
        throw Fault(description: "expected <field> = \"<value>\" at character \(scanner.position)")
      }
      scanner.skipSpace()
      guard let value = scanner.quotedValue() else {
        throw Fault(description: "expected a value in double quotes at \(scanner.position)")
      }
      try set(field, value)
      let hasSpace = scanner.skipSpace()
      if scanner.isAtEnd { return }
      guard hasSpace, scanner.word() == "AND", scanner.skipSpace(), !scanner.isAtEnd else {
        throw Fault(description: "expected AND and another comparison at \(scanner.position)")
      }
    }
  }

  private mutating func set(_ field: String, _ value: String) throws(Fault) {
    let isRepeated: Bool
    switch field {
    case "name":
      isRepeated = name != nil
      name = value
    case "status":
      isRepeated = status != nil
      guard let known = JobStatus(name: value) else {
        throw Fault(description: "\(quoted(value)) is not the name of a status")
      }
      status = known
    case "created_by_id":
      isRepeated = createdByID != nil
      createdByID = value
    case "parent_job_id":
      isRepeated = parentJobID != nil
      parentJobID = value
    default:
      throw Fault(
        description: "jobs cannot be filtered by \(quoted(field)), only by name, status, "
          + "created_by_id and parent_job_id")
    }
    if isRepeated { throw Fault(description: "\(field) is compared twice") }
  }
}

/// Reads a filter from left to right, by Unicode scalars.
private struct Scanner {
  private var rest: Substring.UnicodeScalarView
  /// How many characters are read, counted from 1 for people.
  private(set) var position = 1

  init(_ text: String) { rest = Substring(text).unicodeScalars }

  var isAtEnd: Bool { rest.isEmpty }

  @discardableResult
  mutating func skipSpace() -> Bool {
    var hasSpace = false
    while let next = rest.first, next == " " || next == "\t" || next == "\n" || next == "\r" {
      advance()
      hasSpace = true
    }
    return hasSpace
  }

  mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
    guard rest.first == scalar else { return false }
    advance()
    return true
  }

  /// A run of ASCII letters and underscores, perhaps empty.
  mutating func word() -> String {
    var word = ""
    while let next = rest.first, next == "_" || (next.isASCII && next.properties.isAlphabetic) {
      word.unicodeScalars.append(next)
      advance()
    }
    return word
  }

  /// A value in double quotes, or nil if there is none or it does not end.
  mutating func quotedValue() -> String? {
    guard skip("\"") else { return nil }
    var value = ""
    while let next = rest.first {
      advance()
      switch next {
      case "\"": return value
      case "\\":
        guard let escaped = rest.first, escaped == "\"" || escaped == "\\" else { return nil }
        value.unicodeScalars.append(escaped)
        advance()
      default: value.unicodeScalars.append(next)
      }
    }
    return nil
  }

  private mutating func advance() {
    rest.removeFirst()
    position += 1
  }
}
