import JobCloning
import XCTest

/// Who may do what in which project, by a file of rules.
final class AccessRulesTests: XCTestCase {
  private func rules(_ file: AccessFile) throws -> AccessRules {
    try AccessRules(file: file.path, checkedEvery: .zero, logger: file.logger)
  }

  /// `-`, `read` or `create`: the most that the principal may do.
  private func right(_ id: String, _ project: String, _ rules: AccessRules) async throws -> String {
    let principal = Principal(id: id)
    let mayRead = try await rules.mayRead(projectID: project, as: principal)
    let mayCreate = try await rules.mayCreate(projectID: project, as: principal)
    XCTAssertTrue(mayRead || !mayCreate, "who may create may read")
    return mayCreate ? "create" : mayRead ? "read" : "-"
  }

  func testWhatNoLineGrantsIsRefused() async throws {
    let rules = try rules(
      AccessFile(
        """
        # who  project  right
        alice  p1       create
        alice  p2       read
        bob    *        read
        bob    p1       create
        *      public   read
        admin  *        create
        K      p1       create
        """))
    let cases = [
      ("alice", "p1", "create"), ("alice", "p2", "read"), ("alice", "p3", "-"),
      ("bob", "p1", "create"), ("bob", "p2", "read"), ("carol", "p1", "-"),
      ("carol", "public", "read"), ("anonymous", "public", "read"), ("admin", "p9", "create"),
      ("*", "p1", "-"), ("alice", "*", "-"), ("alice", "", "-"), ("", "p1", "-"),
      // The sign for kelvin is equivalent to the letter K, and is not it.
      ("\u{212A}", "p1", "-"), ("k", "p1", "-"),
    ]
    for (id, project, expected) in cases {
      let found = try await right(id, project, rules)
      XCTAssertEqual(found, expected, "\(id) in \(project)")
    }
  }

  func testTheGreaterOfTwoRightsCountsInEitherOrder() async throws {
    for lines in ["a p read\na p create\n", "a p create\na p read\n", "a p create\n* * read\n"] {
      let found = try await right("a", "p", rules(AccessFile(lines)))
      XCTAssertEqual(found, "create", lines)
    }
  }

  func testChangesCount() async throws {
    let file = try AccessFile("alice p1 create\n")
    let rules = try rules(file)
    try file.write("alice p2 read\n")
    let before = try await right("alice", "p1", rules)
    let after = try await right("alice", "p2", rules)
    XCTAssertEqual([before, after], ["-", "read"])
  }

  func testAFileThatIsWrongIsRefusedByLine() throws {
    let cases = [
      ("alice p1\n", "line 1"), ("alice p1 write\n", "line 1"), ("a p read\na p Read\n", "line 2"),
      ("alice p1 read create\n", "line 1"), ("\u{E9} p1 read\n", "line 1"),
    ]
    for (text, place) in cases {
      XCTAssertThrowsError(try rules(AccessFile(text)), text) { error in
        XCTAssertTrue("\(error)".contains(": \(place) "), "\(error)")
      }
    }
  }
}
