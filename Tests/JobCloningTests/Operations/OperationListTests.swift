import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

/// Listing the operations of a project.
final class OperationListTests: XCTestCase {
  func testPagesAreNewestFirst() async throws {
    let harness = Harness()
    var made: [String] = []
    for _ in 1...5 {
      made.append(try await harness.clone().operation.id)
      harness.clock.advance(seconds: 1)
    }
    var (seen, token) = ([String](), "")
    repeat {
      let page = try await harness.cloner.operations(
        inProject: Fixture.project, pageSize: 2, pageToken: token, for: Fixture.caller)
      XCTAssertLessThanOrEqual(page.operations.count, 2)
      seen += page.operations.map(\.id)
      token = page.nextPageToken
    } while !token.isEmpty
    XCTAssertEqual(seen, made.reversed())
  }

  func testFilters() async throws {
    let harness = SlowHarness()
    let process = harness.process()
    let unfinished = try await harness.slowClone(process)
    harness.clock.advance(seconds: 1)
    harness.objects.open()
    let done = try await process.cloner.create(
      .with {
        $0.projectID = Fixture.project
        $0.jobParameters = Fixture.least
      }, for: Caller(principal: Fixture.caller))
    _ = try await process.end(of: unfinished)
    for (filter, expected) in [
      (OperationFilter(), [done.id, unfinished.id]),
      (OperationFilter(isDone: true), [done.id, unfinished.id]),
      (OperationFilter(isDone: false), []),
      (
        OperationFilter(jobID: try await harness.job(of: unfinished).id, isDone: true),
        [unfinished.id]
      ),
      (OperationFilter(jobID: "none"), []),
    ] {
      let page = try await process.cloner.operations(
        inProject: Fixture.project, filter, for: Fixture.caller)
      XCTAssertEqual(page.operations.map(\.id), expected, "\(filter)")
      XCTAssertEqual(page.nextPageToken, "")
    }
  }

  func testURLsAreNotListed() async throws {
    let harness = Harness()
    try await harness.clone(.with { $0.inputFiles = [Fixture.file("main.py", "9")] })
    let page = try await harness.cloner.operations(
      inProject: Fixture.project, for: Fixture.caller)
    XCTAssertEqual(try page.operations.first?.uploads().map(\.url), [""])
  }

  func testATokenIsGoodForItsListAlone() async throws {
    let harness = Harness()
    for _ in 1...2 { try await harness.clone() }
    let page = try await harness.cloner.operations(
      inProject: Fixture.project, pageSize: 1, for: Fixture.caller)
    XCTAssertNotEqual(page.nextPageToken, "")
    try await assertInvalid(["page_token"]) {
      try await harness.cloner.operations(
        inProject: Fixture.project, OperationFilter(isDone: true), pageSize: 1,
        pageToken: page.nextPageToken, for: Fixture.caller)
    }
    try await assertInvalid(["page_token"]) {
      try await harness.cloner.list(
        .with {
          $0.projectID = Fixture.project
          $0.pageToken = page.nextPageToken
        }, for: Fixture.caller)
    }
  }

  func testBadRequestsAndStrangersAreRefused() async throws {
    let harness = Harness()
    try await harness.clone()
    try await assertInvalid(["project_id", "job_id", "page_size"]) {
      try await harness.cloner.operations(
        inProject: "", OperationFilter(jobID: ""), pageSize: -1, for: Fixture.caller)
    }
    try await assertInvalid(["page_size"]) {
      try await harness.cloner.operations(
        inProject: Fixture.project, pageSize: 1_001, for: Fixture.caller)
    }
    harness.rights.hide(Fixture.project)
    try await assertFails(.notFound) {
      try await harness.cloner.operations(inProject: Fixture.project, for: Fixture.caller)
    }
  }
}
