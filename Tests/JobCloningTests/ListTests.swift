import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

/// clone-semantics §4: List, its pages and its filter.
final class ListTests: XCTestCase {
  /// A harness with this many jobs beside the source, made a second apart.
  private func harness(jobs count: Int, keys: KeyRing = .random()) async throws -> Harness {
    let harness = Harness(keys: keys)
    for index in 0..<count {
      harness.clock.advance(seconds: 1)
      try await harness.clone { $0.name = "job \(index)" }
    }
    return harness
  }

  private func list(
    _ harness: Harness, _ change: (inout ListProjectJobRequest) -> Void = { _ in }
  ) async throws -> ListProjectJobResponse {
    var request = ListProjectJobRequest.with { $0.projectID = Fixture.project }
    change(&request)
    return try await harness.cloner.list(request, for: Fixture.caller)
  }

  func testNewestFirst() async throws {
    let page = try await list(harness(jobs: 3))
    XCTAssertEqual(page.jobs.map(\.name), ["job 2", "job 1", "job 0", "training"])
    XCTAssertEqual(page.nextPageToken, "")
  }

  func testPagesHoldEveryJobOnce() async throws {
    let harness = try await harness(jobs: 10)
    for size in [1, 2, 3, 5, 10, 11, 12] as [Int64] {
      var names: [String] = []
      var token = ""
      repeat {
        let page = try await list(harness) {
          $0.pageSize = size
          $0.pageToken = token
        }
        XCTAssertLessThanOrEqual(page.jobs.count, Int(size))
        XCTAssertFalse(page.jobs.isEmpty, "no page is empty for nothing")
        names += page.jobs.map(\.name)
        token = page.nextPageToken
      } while !token.isEmpty
      XCTAssertEqual(names, (0..<10).reversed().map { "job \($0)" } + ["training"])
    }
  }

  func testJobsOfOneMomentAreOrderedByID() async throws {
    let harness = Harness()
    for _ in 0..<5 { try await harness.clone() }
    var ids: [String] = []
    var token = ""
    repeat {
      let page = try await list(harness) {
        $0.pageSize = 2
        $0.pageToken = token
      }
      ids += page.jobs.map(\.id)
      token = page.nextPageToken
    } while !token.isEmpty
    XCTAssertEqual(ids.count, 6)
    XCTAssertEqual(ids.dropLast().map { $0 }, ids.dropLast().sorted(by: >))
  }

  func testAPageHas100JobsUnlessAskedOtherwise() async throws {
    let harness = try await harness(jobs: 110)
    let standard = try await list(harness)
    XCTAssertEqual(standard.jobs.count, 100)
    XCTAssertNotEqual(standard.nextPageToken, "")
    let all = try await list(harness) { $0.pageSize = 1_000 }
    XCTAssertEqual(all.jobs.count, 111)
  }

  func testAPageSizeIsFrom0To1000() async throws {
    for size in [-1, 1_001, .max, .min] as [Int64] {
      try await assertInvalid(["page_size"]) {
        try await self.list(Harness()) { $0.pageSize = size }
      }
    }
  }

  func testAllFaultsAreReportedAtOnce() async throws {
    try await assertInvalid(["project_id", "page_size", "filter", "page_token"]) {
      try await self.list(Harness()) {
        $0.projectID = ""
        $0.pageSize = -1
        $0.filter = "?"
        $0.pageToken = "?"
      }
    }
  }

  func testATokenCannotBeForged() async throws {
    let keys = KeyRing.random()
    let harness = try await harness(jobs: 3, keys: keys)
    let token = try await list(harness) { $0.pageSize = 1 }.nextPageToken
    var refused = [
      "x", "AAAA", String(token.dropLast()), token + "A", String(repeating: "A", count: 99),
    ]
    // Every character counts.
    for index in token.indices {
      var forged = token
      let replacement: Character = token[index] == "A" ? "B" : "A"
      forged.replaceSubrange(index...index, with: [replacement])
      refused.append(forged)
    }
    for forged in refused {
      try await assertInvalid(["page_token"]) {
        try await self.list(harness) { $0.pageToken = forged }
      }
    }
    let other = Harness()
    try await assertInvalid(["page_token"]) { try await self.list(other) { $0.pageToken = token } }
  }

  func testATokenIsForOneProjectAndFilter() async throws {
    let harness = try await harness(jobs: 3)
    let token = try await list(harness) { $0.pageSize = 1 }.nextPageToken
    try await assertInvalid(["page_token"]) {
      try await self.list(harness) {
        $0.projectID = "another"
        $0.pageToken = token
      }
    }
    try await assertInvalid(["page_token"]) {
      try await self.list(harness) {
        $0.filter = "status = \"CREATING\""
        $0.pageToken = token
      }
    }
    let page = try await list(harness) {
      $0.pageSize = 2
      $0.pageToken = token
    }
    XCTAssertEqual(page.jobs.map(\.name), ["job 1", "job 0"], "the page size may change")
  }

  func testATokenOutlivesARotationOfSecrets() async throws {
    let keys = KeyRing.random()
    let token = try await list(harness(jobs: 3, keys: keys)) { $0.pageSize = 1 }.nextPageToken
    let page = try await list(harness(jobs: 3, keys: keys.rotated())) { $0.pageToken = token }
    XCTAssertEqual(page.jobs.map(\.name), ["job 1", "job 0", "training"])
  }

  func testAProjectThatTheCallerMayNotReadIsNotFound() async throws {
    let harness = Harness()
    harness.rights.hide(Fixture.project)
    try await assertFails(.notFound) { try await self.list(harness) }
  }

  func testAnotherProjectsJobsAreNotListed() async throws {
    let page = try await list(Harness()) { $0.projectID = "another" }
    XCTAssertEqual(page.jobs, [])
  }

  // MARK: Filter

  private func names(_ filter: String) async throws -> [String] {
    let harness = try await harness(jobs: 2)
    try await harness.create(Fixture.least) { $0.name = "a \"quoted\\\" \u{E9}" }
    return try await list(harness) { $0.filter = filter }.jobs.map(\.name).sorted()
  }

  func testEveryFieldCanBeComparedAndAllMustHold() async throws {
    let expected: [(String, [String])] = [
      ("", ["a \"quoted\\\" \u{E9}", "job 0", "job 1", "training"]),
      ("  ", ["a \"quoted\\\" \u{E9}", "job 0", "job 1", "training"]),
      ("name = \"job 1\"", ["job 1"]),
      ("name=\"job 1\"", ["job 1"]),
      ("\n name\t=  \"job 1\" ", ["job 1"]),
      ("name = \"a \\\"quoted\\\\\\\" \u{E9}\"", ["a \"quoted\\\" \u{E9}"]),
      ("name = \"\"", []),
      ("status = \"SUCCESS\"", ["training"]),
      ("created_by_id = \"caller\"", ["a \"quoted\\\" \u{E9}", "job 0", "job 1"]),
      ("parent_job_id = \"\(Fixture.sourceID)\"", ["job 0", "job 1"]),
      ("parent_job_id=\"\(Fixture.sourceID)\" AND name=\"job 0\"", ["job 0"]),
      ("status=\"SUCCESS\" AND created_by_id=\"caller\"", []),
    ]
    try await check(expected)
  }

  /// The first is what the provider's contract documents.
  func testEveryFieldCanBeOneOfSeveralValues() async throws {
    let all = ["a \"quoted\\\" \u{E9}", "job 0", "job 1", "training"]
    try await check([
      ("status IN (EXECUTING, UPLOADING_OUTPUT)", []),
      ("status IN (EXECUTING, SUCCESS)", ["training"]),
      ("status IN (SUCCESS)", ["training"]),
      ("status IN(CREATING,SUCCESS)", all),
      ("status IN (\"CREATING\", SUCCESS, SUCCESS)", all),
      (" status\tIN\n( \"SUCCESS\" , EXECUTING )\t", ["training"]),
      ("status = SUCCESS", ["training"]),
      ("name IN (\"job 1\", \"training\", \"nothing\")", ["job 1", "training"]),
      ("name IN (\"job 0\",\"a \\\"quoted\\\\\\\" \u{E9}\")", [all[0], "job 0"]),
      ("created_by_id IN (\"caller\", \"nobody\")", Array(all.dropLast())),
      ("parent_job_id IN (\"\(Fixture.sourceID)\", \"x\")", ["job 0", "job 1"]),
      ("parent_job_id IN (\"\")", [all[0]]),
      ("name IN (\"IN\", \"job 0\") AND status IN (CREATING, ERROR)", ["job 0"]),
      ("status IN (CREATING, ERROR) AND name=\"training\"", []),
    ])
  }

  private func check(_ expected: [(filter: String, names: [String])]) async throws {
    for (filter, names) in expected {
      let found = try await self.names(filter)
      XCTAssertEqual(found, names, filter)
    }
  }

  func testAnythingElseIsRefused() async throws {
    let refused = [
      "name", "name =", "= \"x\"", "name = x", "name = 'x'", "name = \"x", "name == \"x\"",
      "name != \"x\"", "Name = \"x\"", "id = \"x\"", "desc = \"x\"", "name = \"x\" OR name = \"y\"",
      "name = \"x\" and status = \"ERROR\"", "name = \"x\" AND", "AND name = \"x\"",
      "name = \"x\" status = \"ERROR\"", "name = \"x\"AND status = \"ERROR\"",
      "name = \"x\" ANDstatus = \"ERROR\"", "(name = \"x\")", "name = \"x\" AND name = \"y\"",
      "status = \"success\"", "status = \"4\"", "status = \"\"", "name = \"\\n\"", "name = \"x\\",
      "name = \"x\" \"y\"", "name = \"x\";", "\u{FF4E}ame = \"x\"", "name IN (x)",
      "created_by_id IN (x)", "name IN \"x\"", "name IN ()", "name IN (\"x\"", "name IN (\"x\",)",
      "name IN (,\"x\")", "name IN (\"x\" \"y\")", "name IN (\"x\"))", "nameIN (\"x\")",
      "IN (\"x\")", "name in (\"x\")", "name NOT IN (\"x\")", "name = IN (\"x\")",
      "status IN (SUCCESS ERROR)", "status IN (SUCCES)", "status IN (success)", "status IN (4)",
      "status IN ('SUCCESS')", "status IN (SUCCESS) AND status IN (ERROR)", "status = SUCCESSAND",
      "status IN (SUCCESS)AND name = \"x\"", "id IN (\"x\")",
    ]
    for filter in refused {
      try await assertInvalid(["filter"]) { try await self.list(Harness()) { $0.filter = filter } }
    }
  }

  func testAFilterHasAtMost1000Characters() async throws {
    let frame = "name = \"\"".count
    let longest = "name = \"\(String(repeating: "\u{1F600}", count: 1_000 - frame))\""
    let page = try await list(Harness()) { $0.filter = longest }
    XCTAssertEqual(page.jobs, [])
    try await assertInvalid(["filter"]) {
      try await self.list(Harness()) { $0.filter = longest + " " }
    }
  }
}
