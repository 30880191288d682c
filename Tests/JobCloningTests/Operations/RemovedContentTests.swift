import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

/// A new job never takes a content for stored that is on its way out.
final class RemovedContentTests: XCTestCase {
  private let content = ContentID(sha256: Fixture.sha("9"), sizeBytes: 10)
  private let overrides = JobParameters.with {
    $0.inputFiles = [Fixture.file("main.py", "9")]
  }

  func testAMarkedContentStaysForTheJobThatBringsIt() async throws {
    let harness = Harness()
    harness.objects.add(content, in: Fixture.project)
    try await harness.store.markUnreferenced([StoredContent(content, in: Fixture.project)])
    let made = try await harness.clone(overrides)
    XCTAssertEqual(made.response.uploadFiles, [])
    let marked = try await harness.store.markedContents(limit: 10)
    XCTAssertEqual(marked, [])
  }

  func testAContentWhoseRemovalHasBegunIsRemovedAndAskedFor() async throws {
    let harness = Harness()
    harness.objects.add(content, in: Fixture.project)
    let marked = [StoredContent(content, in: Fixture.project)]
    try await harness.store.markUnreferenced(marked)
    do {
      _ = try await harness.store.removeMarked(marked) { _ async throws(StoreError) in
        throw StoreError(.unavailable, "a crash")
      }
      XCTFail("removed")
    } catch {}
    let made = try await harness.clone(overrides)
    XCTAssertEqual(made.response.uploadFiles.map(\.file?.sha256), [content.sha256])
    let stored = try await harness.objects.stored(among: [content], in: Fixture.project)
    XCTAssertEqual(stored, [])
    let left = try await harness.store.markedContents(limit: 10)
    XCTAssertEqual(left, [])
  }

  func testRemovalsBetweenQuestionAndCreationAreNoticed() async throws {
    let harness = SlowHarness()
    harness.objects.base.add(content, in: Fixture.project)
    let process = harness.process()
    let request = CloneProjectJobRequest.with {
      $0.sourceJobID = Fixture.sourceID
      $0.jobParametersOverrides = overrides
    }
    async let reply = process.cloner.clone(request, for: Caller(principal: Fixture.caller))
    await harness.objects.waitForQuestions()
    try await remove(content, harness)
    harness.objects.answer()
    await harness.objects.waitForQuestions()
    harness.objects.open()
    let uploads = try await reply.uploads()
    XCTAssertEqual(uploads.map(\.file?.sha256), [content.sha256])
  }

  func testASlowAnswerFromBeforeARemovalIsNotUsed() async throws {
    let harness = SlowHarness()
    harness.objects.base.add(content, in: Fixture.project)
    let process = harness.process()
    let request = CloneProjectJobRequest.with {
      $0.sourceJobID = Fixture.sourceID
      $0.jobParametersOverrides = overrides
    }
    async let reply = process.cloner.clone(request, for: Caller(principal: Fixture.caller))
    await harness.objects.waitForQuestions()
    await process.timer.waitForSleepers(1)
    try await remove(content, harness)
    process.timer.advance(by: harness.policy.planningTime)
    let operation = try await reply
    XCTAssertFalse(operation.done)
    await harness.objects.waitForQuestions(2)
    harness.objects.open()
    let ended = try await process.end(of: operation)
    XCTAssertEqual(try ended.uploads().map(\.file?.sha256), [content.sha256])
  }

  func testUnderSteadyRemovalsTheJobIsAcceptedAndPlannedLater() async throws {
    let harness = SlowHarness()
    let process = harness.process()
    let request = CloneProjectJobRequest.with {
      $0.sourceJobID = Fixture.sourceID
      $0.jobParametersOverrides = overrides
    }
    async let reply = process.cloner.clone(request, for: Caller(principal: Fixture.caller))
    for _ in 1...3 {
      await harness.objects.waitForQuestions()
      try await remove(content, harness)
      harness.objects.answer()
    }
    let operation = try await reply
    XCTAssertFalse(operation.done)
    harness.objects.open()
    let ended = try await process.end(of: operation)
    XCTAssertEqual(try ended.uploads().map(\.file?.sha256), [content.sha256])
  }

  private func remove(_ content: ContentID, _ harness: SlowHarness) async throws {
    let content = StoredContent(content, in: Fixture.project)
    try await harness.store.markUnreferenced([content])
    let removed = try await harness.store.removeMarked([content]) {
      (content) async throws(StoreError) in
      try await harness.objects.remove(content.content, in: content.projectID)
    }
    XCTAssertEqual(removed, [content])
  }
}
