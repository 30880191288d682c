import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

/// The files that a run makes.
final class OutputTests: XCTestCase {
  private let model = Fixture.file("model.bin", "d")
  private let trace = Fixture.file("trace", "e")

  private func harness() -> RunHarness {
    let (model, trace) = (model, trace)
    return RunHarness { run, reporter in
      var result = JobRunResult(returnCode: 0)
      result.outputFiles = [model]
      result.diagnosticFiles = [trace]
      result.outputDatasets = [.with { $0.id = "dataset1" }]
      return result
    }
  }

  func testTheyHaveURLsThatAreMadeAtEachReply() async throws {
    let harness = harness()
    harness.upload([model, trace])
    let operation = try await harness.executed()
    let response = try operation.executionResponse()
    XCTAssertEqual(response.outputFiles.map(\.file), [model])
    let url = try XCTUnwrap(response.outputFiles.first).url
    XCTAssertTrue(url.hasSuffix("expires=1800086400&method=get"), url)
    XCTAssertEqual(response.outputDatasets.map(\.id), ["dataset1"])
    let stored = try await harness.store.operation(id: operation.id)
    let kept = try XCTUnwrap(stored).operation.executionResponse()
    XCTAssertEqual(kept.outputFiles.map(\.url), [""])

    harness.clock.advance(seconds: 3_600)
    let later = try await harness.execute().executionResponse()
    XCTAssertTrue(later.outputFiles[0].url.contains("expires=1800090000"))
  }

  func testTheJobHasThemAndTheyAreReferredTo() async throws {
    let harness = harness()
    harness.upload([model, trace])
    _ = try await harness.executed()
    let job = try await harness.job()
    XCTAssertEqual(job.outputFiles, [model])
    XCTAssertEqual(job.diagnosticFiles, [trace])
    XCTAssertEqual(job.dataSizeBytes, 50)
    let contents = [model, trace].map { StoredContent($0.content, in: Fixture.project) }
    try await harness.store.markUnreferenced(contents)
    let marked = try await harness.store.markedContents(limit: 10)
    XCTAssertEqual(marked, [])
    _ = try await harness.cloner.delete(
      .with { $0.jobID = RunHarness.jobID }, for: Caller(principal: Fixture.caller))
    let released = try await harness.store.markedContents(limit: 10)
    XCTAssertTrue(Set(released).isSuperset(of: contents))
  }

  func testOnesThatWereNotUploadedAreFileErrors() async throws {
    let harness = harness()
    let response = try await harness.executed().executionResponse()
    XCTAssertEqual(response.outputFiles, [])
    XCTAssertEqual(response.outputFilesErrors.count, 2)
    XCTAssertEqual(response.outputFilesErrors.first?.outputFileDesc, model.desc)
    XCTAssertEqual(response.outputFilesErrors.map(\.type), [.uploadFailed, .uploadFailed])
    let job = try await harness.job()
    XCTAssertEqual(job.status, .success)
    XCTAssertEqual(job.outputFiles, [])
    XCTAssertEqual(job.fileErrors, response.outputFilesErrors)
  }

  /// Whatever the runner reports has a kind, so that clients can tell what is missing from what was
  /// lost.
  func testErrorsOfTheRunnerHaveTheirKind() async throws {
    let harness = RunHarness { _, _ in
      var result = JobRunResult(returnCode: 1)
      result.fileErrors = [
        .notFound(FileDesc(path: "a")), .uploadFailed(FileDesc(path: "b"), "the disk is full"),
        .with { $0.logFileName = "stdout.txt" },
      ]
      return result
    }
    let errors = try await harness.executed().executionResponse().outputFilesErrors
    XCTAssertEqual(errors.map(\.type), [.notFound, .uploadFailed, .notFound])
    XCTAssertEqual(errors.map { $0.outputFileDesc?.path }, ["a", "b", nil])
    XCTAssertEqual(errors[1].description, "the disk is full")
    let job = try await harness.job()
    XCTAssertEqual(job.fileErrors, errors)
  }

  func testWithoutDataThereAreNoURLs() async throws {
    let harness = harness()
    harness.upload([model, trace])
    _ = try await harness.executed()
    _ = try await harness.cloner.deleteData(
      .with { $0.jobID = RunHarness.jobID }, for: Caller(principal: Fixture.caller))
    let response = try await harness.execute().executionResponse()
    XCTAssertEqual(response.outputFiles.map(\.url), [""])
  }
}
