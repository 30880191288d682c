import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

/// Runs that report more than replies have room for.
final class LargeResultTests: XCTestCase {
  func testResultsThatFitIntoNoReplyEndTheJobInAnError() async throws {
    let harness = RunHarness { _, _ in
      var result = JobRunResult(returnCode: 0)
      result.fileErrors = (0..<5_000).map { index in
        .with { $0.outputFileDesc = FileDesc(path: String(repeating: "x", count: 1_000), var: "") }
      }
      return result
    }
    let operation = try await harness.executed()
    guard case .error(let error) = operation.result else { return XCTFail("no error") }
    XCTAssertTrue(error.message.contains("the results of the run take "), error.message)
    let job = try await harness.job()
    XCTAssertEqual(job.status, .error)
    XCTAssertTrue(job.statusDetails.contains("the results of the run take "), job.statusDetails)
    XCTAssertTrue(job.fileErrors.isEmpty)
  }

  func testTheTextsOfARunAreCut() async throws {
    let harness = RunHarness { _, reporter in
      try await reporter.log("x", from: .filePath(String(repeating: "é", count: 1 << 20)))
      throw JobRunError(String(repeating: "é", count: 1 << 20))
    }
    _ = try await harness.executed()
    let job = try await harness.job()
    XCTAssertEqual(job.status, .error)
    XCTAssertLessThanOrEqual(job.statusDetails.utf8.count, 4_100)
    XCTAssertTrue(job.statusDetails.hasSuffix("é…"))
    let log = harness.logs.page(ofJob: RunHarness.jobID, from: 0, limit: 1)
    XCTAssertLessThanOrEqual(log.messages.first?.filePath?.utf8.count ?? .max, 4_100)
  }

  func testAPageOfLogsEndsBeforeTheReplyLimit() async throws {
    var policy = OverridePolicy()
    policy.limits.replySize = 256 << 10
    let harness = RunHarness(policy: policy) { _, reporter in
      for _ in 0..<10 { try await reporter.log([UInt8](repeating: 120, count: 60_000)) }
      return JobRunResult(returnCode: 0)
    }
    _ = try await harness.executed()
    var reader = try await harness.cloner.logReader(
      ofJob: RunHarness.jobID, from: 0, for: Fixture.caller)
    var offsets: [Int64] = []
    while let page = try await reader.next() {
      offsets.append(page.nextOffset)
      let size = ReadProjectJobLogsResponse.with {
        $0.logs = page.messages
        $0.offset = page.nextOffset
      }.serializedSize
      XCTAssertLessThanOrEqual(size, policy.limits.replySize)
    }
    XCTAssertEqual(offsets, [4, 8, 10])
  }
}
