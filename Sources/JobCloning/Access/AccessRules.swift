public import Logging

/// Who may do what in which project, by a file of rules.
///
/// A line of the file is `<principal id> <project id> <right>`; `*` stands for every principal or
/// every project. The right `read` is to see the project's jobs and operations, `create` is to make
/// jobs there as well. What no line grants is refused. Empty lines and lines that begin with `#`
/// mean nothing. The file is read again when it changes, and one that does not work leaves the rules
/// before it in use.
public struct AccessRules: Authorizer {
  private let table: WatchedFile<RuleTable>

  /// The rules of a file; blocks.
  ///
  /// - Parameters:
  ///   - path: the file, which only its owner may write and only its owner's group read.
  ///   - interval: a change of the file counts from so long after it at the latest.
  ///   - logger: told when the file was read again, or could not be.
  /// - Throws: ``StoreError`` with `.misconfigured`, naming the line.
  public init(
    file path: String, checkedEvery interval: Duration = .seconds(1),
    logger: Logger = Logger(label: "access")
  ) throws(StoreError) {
    table = try WatchedFile(
      GuardedFile(path: path, role: "rules file"), every: interval, logger: logger,
      parse: { (file, bytes) throws(StoreError) in try RuleTable(file, bytes) })
  }

  /// Whether a line grants the principal either right in the project.
  public func mayRead(
    projectID: String, as principal: Principal
  ) async throws(StoreError) -> Bool {
    await table.current.right(of: principal, in: projectID) != nil
  }

  /// Whether a line grants the principal the right to create in the project.
  public func mayCreate(
    projectID: String, as principal: Principal
  ) async throws(StoreError) -> Bool {
    await table.current.right(of: principal, in: projectID) == .create
  }
}

/// The rights that a file grants.
struct RuleTable: Sendable {
  /// What a line grants; the greater right includes the other.
  enum Right: String, Comparable {
    case read, create

    static func < (left: Right, right: Right) -> Bool { left == .read && right == .create }
  }

  private static let everything = ByteString("*")

  /// By principal and project, either of which may be `*`.
  private var rights: [ByteString: [ByteString: Right]] = [:]

  init(_ file: GuardedFile, _ bytes: [UInt8]) throws(StoreError) {
    for line in try file.lines(of: bytes) {
      guard line.words.count == 3, let right = Right(rawValue: line.words[2]) else {
        throw file.wrong(
          "is not <principal id or *> <project id or *> <read or create>", line: line.number)
      }
      guard line.words[0].isPlainName, line.words[1].isPlainName else {
        throw file.wrong(
          "has an id that is not 1 to 256 printable ASCII characters", line: line.number)
      }
      let project = ByteString(line.words[1])
      let earlier = rights[ByteString(line.words[0])]?[project]
      rights[ByteString(line.words[0]), default: [:]][project] = max(right, earlier ?? right)
    }
  }

  /// The greatest right that any line grants; nil: none.
  func right(of principal: Principal, in projectID: String) -> Right? {
    [ByteString(principal.id), Self.everything].flatMap { name in
      let projects = rights[name] ?? [:]
      return [projects[ByteString(projectID)], projects[Self.everything]].compactMap { $0 }
    }.max()
  }
}
