import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

/// The logs of a job, as those who follow it read them.
final class JobLogTests: XCTestCase {
  private func text(_ page: JobLogPage?) -> String {
    String(decoding: page?.messages.flatMap(\.content) ?? [], as: UTF8.self)
  }

  private func reader(_ harness: RunHarness, from offset: Int64) async throws -> JobLogReader {
    try await harness.cloner.logReader(
      ofJob: RunHarness.jobID, from: offset, for: Fixture.caller)
  }

  func testAReaderFollowsTheLogToTheJobsEnd() async throws {
    let gate = Gate()
    let harness = RunHarness { _, reporter in
      try await reporter.log("one")
      await gate.wait()
      try await reporter.log("two", from: .standardStream(.err))
      return JobRunResult(returnCode: 0)
    }
    // It may begin before the job does.
    var reader = try await reader(harness, from: 0)
    try await harness.execute()
    let first = try await reader.next()
    XCTAssertEqual(text(first), "one")
    XCTAssertEqual(first?.nextOffset, 1)
    XCTAssertEqual(first?.messages.first?.standardStream, .out)
    XCTAssertEqual(first?.messages.first?.createdAt, harness.clock.present)
    gate.open()
    let second = try await reader.next()
    XCTAssertEqual(text(second), "two")
    XCTAssertEqual(second?.messages.first?.standardStream, .err)
    let end = try await reader.next()
    XCTAssertNil(end)
  }

  func testAnOffsetGoesOnAndMinusOneLeavesOutWhatThereIs() async throws {
    let (logged, gate) = (Gate(), Gate())
    let harness = RunHarness { _, reporter in
      for line in ["a", "b", "c"] { try await reporter.log(line) }
      logged.open()
      await gate.wait()
      try await reporter.log("d")
      return JobRunResult(returnCode: 0)
    }
    let operation = try await harness.execute()
    await logged.wait()
    var late = try await reader(harness, from: 2)
    let third = try await late.next()
    XCTAssertEqual(text(third), "c")
    var attached = try await reader(harness, from: -1)
    gate.open()
    let fourth = try await attached.next()
    XCTAssertEqual(text(fourth), "d")
    XCTAssertEqual(fourth?.nextOffset, 4)
    _ = try await harness.end(of: operation)
    var after = try await reader(harness, from: -1)
    let nothing = try await after.next()
    XCTAssertNil(nothing)
    try await assertInvalid(["offset"]) { try await reader(harness, from: -2) }
  }

  func testALongLineComesInPiecesBetweenCharacters() async throws {
    let line = String(repeating: "aé€😀", count: 20_000)
    let harness = RunHarness { _, reporter in
      try await reporter.log(line)
      return JobRunResult(returnCode: 0)
    }
    _ = try await harness.executed()
    var reader = try await reader(harness, from: 0)
    let page = try await reader.next()
    XCTAssertEqual(text(page), line)
    for message in page?.messages ?? [] {
      XCTAssertLessThanOrEqual(message.content.count, 65_536)
      XCTAssertNotNil(String(validating: message.content, as: UTF8.self))
    }
  }

  func testTheRightToReadSuffices() async throws {
    let harness = RunHarness()
    harness.rights.protect(Fixture.project)
    _ = try await reader(harness, from: 0)
    harness.rights.hide(Fixture.project)
    try await assertFails(.notFound) { try await reader(harness, from: 0) }
    try await assertInvalid(["job_id"]) {
      try await harness.cloner.logReader(ofJob: "", from: 0, for: Fixture.caller)
    }
  }

  func testAReaderThatIsGivenUpEnds() async throws {
    let harness = RunHarness()
    let reading = Task {
      var reader = try await harness.cloner.logReader(
        ofJob: RunHarness.jobID, from: 0, for: Fixture.caller)
      return try await reader.next()
    }
    reading.cancel()
    try await assertFails(.cancelled) { try await reading.value }
  }

  func testTheLogsGoWithTheJob() async throws {
    let harness = RunHarness { _, reporter in
      try await reporter.log("secret")
      return JobRunResult(returnCode: 0)
    }
    _ = try await harness.executed()
    XCTAssertEqual(harness.logs.end(ofJob: RunHarness.jobID), 1)
    _ = try await harness.cloner.deleteData(
      .with { $0.jobID = RunHarness.jobID }, for: Caller(principal: Fixture.caller))
    XCTAssertEqual(harness.logs.end(ofJob: RunHarness.jobID), 0)
  }

  // MARK: Logs in memory

  func testTheyKeepTheNewestBytesOfAJobAndItsOffsets() {
    // A message counts 128 bytes more than its content.
    let logs = InMemoryJobLogs(bytesPerJob: 260)
    for byte in UInt8(0)..<6 { logs.append([.with { $0.content = [byte, byte] }], toJob: "j") }
    let page = logs.page(ofJob: "j", from: 0, limit: 10)
    XCTAssertEqual(page.messages.map(\.content), [[4, 4], [5, 5]])
    XCTAssertEqual(page.nextOffset, 6)
    XCTAssertEqual(logs.page(ofJob: "j", from: 5, limit: 1).messages.map(\.content), [[5, 5]])
    XCTAssertEqual(logs.page(ofJob: "j", from: 100, limit: 1).nextOffset, 100)
  }

  func testManySmallMessagesAreBoundedToo() {
    let logs = InMemoryJobLogs(bytesPerJob: 12_800)
    logs.append((0..<1_000).map { _ in LogMessage() }, toJob: "j")
    let page = logs.page(ofJob: "j", from: 0, limit: 1_000)
    XCTAssertEqual(page.messages.count, 100)
    XCTAssertEqual(page.nextOffset, 1_000)
  }

  func testTheyForgetTheJobsThatWroteFirst() {
    let logs = InMemoryJobLogs(jobs: 2)
    for id in ["a", "b", "c"] { logs.append([LogMessage()], toJob: id) }
    XCTAssertEqual(["a", "b", "c"].map { logs.end(ofJob: $0) }, [0, 1, 1])
    logs.remove(ofJob: "b")
    logs.append([LogMessage()], toJob: "d")
    XCTAssertEqual(["b", "c", "d"].map { logs.end(ofJob: $0) }, [0, 1, 1])
  }
}
