internal import JobMessages
internal import ProtobufWire

/// What `filter` of a List asks for (clone-semantics §4): fields compared with values, joined by
/// `AND`.
///
/// ```
/// filter     = [ comparison *( space "AND" space comparison ) ]
/// comparison = field ( "=" value / space "IN" "(" value *( "," value ) ")" )
/// field      = "name" / "status" / "created_by_id" / "parent_job_id"
/// value      = DQUOTE *( any character but DQUOTE and backslash / "\" DQUOTE / "\\" ) DQUOTE
///            / the name of a status without quotes, where the field is "status"
/// ```
/// White space may stand around `=`, parentheses, commas and values, and at both ends. A field may
/// be compared once. The provider's contract documents
/// `status IN (EXECUTING, UPLOADING_OUTPUT)`.
struct JobFilter: Hashable {
  /// More characters than this are refused.
  static let lengthLimit = 1_000

  // The values that a field may have; nil is any.
  var names: [String]?
  var statuses: [JobStatus]?
  var createdByIDs: [String]?
  var parentJobIDs: [String]?

  /// What is wrong with a filter, in words.
  struct Fault: Error {
    let description: String
  }

  /// Reads a filter.
  init(_ text: String) throws(Fault) {
    guard text.utf8.count <= Self.lengthLimit || text.unicodeScalars.count <= Self.lengthLimit
    else { throw Fault(description: "over the limit of \(Self.lengthLimit) characters") }
    var scanner = FilterScanner(text)
    scanner.skipSpace()
    while !scanner.isAtEnd {
      let field = scanner.word()
      let values = try Self.values(of: field, &scanner)
      try set(field, values)
      let hasSpace = scanner.skipSpace()
      if scanner.isAtEnd { return }
      guard hasSpace, scanner.word() == "AND", scanner.skipSpace(), !scanner.isAtEnd else {
        throw Fault(
          description: "expected AND and another comparison at character \(scanner.position)")
      }
    }
  }

  /// Reads what a field is compared with: `= value` or `IN (value, …)`.
  private static func values(
    of field: String, _ scanner: inout FilterScanner
  ) throws(Fault) -> [String] {
    let hasSpace = scanner.skipSpace()
    if scanner.skip("=") { return [try value(of: field, &scanner)] }
    let isList = hasSpace && scanner.word() == "IN"
    scanner.skipSpace()
    guard isList, scanner.skip("(") else {
      throw Fault(
        description: "expected <field> = \"<value>\" or <field> IN (<value>, …) at character "
          + "\(scanner.position)")
    }
    var values: [String] = []
    repeat {
      values.append(try value(of: field, &scanner))
      scanner.skipSpace()
    } while scanner.skip(",")
    guard scanner.skip(")") else {
      throw Fault(
        description: "expected a comma or a closing parenthesis at character \(scanner.position)")
    }
    return values
  }

  /// Reads a value and the white space before it.
  private static func value(
    of field: String, _ scanner: inout FilterScanner
  ) throws(Fault) -> String {
    scanner.skipSpace()
    if field == "status" {
      let word = scanner.word()
      if !word.isEmpty { return word }
    }
    guard let value = scanner.quotedValue() else {
      throw Fault(
        description: "expected a value in double quotes at character \(scanner.position)")
    }
    return value
  }

  private mutating func set(_ field: String, _ values: [String]) throws(Fault) {
    let isRepeated: Bool
    switch field {
    case "name":
      isRepeated = names != nil
      names = values
    case "status":
      isRepeated = statuses != nil
      statuses = try values.map { name throws(Fault) in
        guard let known = JobStatus(name: name) else {
          throw Fault(description: "\(quoted(name)) is not the name of a status")
        }
        return known
      }
    case "created_by_id":
      isRepeated = createdByIDs != nil
      createdByIDs = values
    case "parent_job_id":
      isRepeated = parentJobIDs != nil
      parentJobIDs = values
    default:
      throw Fault(
        description: "jobs cannot be filtered by \(quoted(field)), only by name, status, "
          + "created_by_id and parent_job_id")
    }
    if isRepeated { throw Fault(description: "\(field) is compared twice") }
  }
}
