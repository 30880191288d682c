import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

/// `DownloadJobFiles`: URLs of a job's files for whoever may read it.
final class DownloadTests: XCTestCase {
  private func download(_ files: [File], _ harness: Harness) async throws -> [StorageFile] {
    try await harness.cloner.downloadFiles(
      .with {
        $0.jobID = Fixture.sourceID
        $0.files = files
      }, for: Fixture.caller
    ).downloadFiles
  }

  /// A harness whose job was never executed.
  private func unexecuted() -> Harness {
    let harness = Harness()
    harness.store.update(jobID: Fixture.sourceID) { $0.status = .creating }
    return harness
  }

  func testWithoutFilesTheInputsAndModulesOfAJobThatHasNotRunAreMeant() async throws {
    let harness = unexecuted()
    let files = try await download([], harness)
    XCTAssertEqual(files.map(\.file), Fixture.full.inputFiles + Fixture.modules)
    for file in files {
      XCTAssertTrue(
        file.url.hasSuffix("expires=1800086400&method=get"), "for 24 hours: \(file.url)")
    }
  }

  func testWithoutFilesTheOutputsOfAJobThatHasRunAreMeant() async throws {
    let harness = Harness()
    for file in Fixture.source.outputFiles {
      harness.objects.add(file.content, in: Fixture.project)
    }
    let files = try await download([], harness)
    XCTAssertEqual(files.map(\.file), Fixture.source.outputFiles)
    // The official client asks for no file when there are no outputs.
    harness.store.update(jobID: Fixture.sourceID) { $0.outputFiles = [] }
    let none = try await download([], harness)
    XCTAssertEqual(none, [])
  }

  func testAnyFileOfTheJobMayBeMeant() async throws {
    let harness = Harness()
    let job = Fixture.source
    let made = job.outputFiles + job.logFiles + job.diagnosticFiles
    for file in made { harness.objects.add(file.content, in: Fixture.project) }
    let files = try await download(made, harness)
    XCTAssertEqual(files.map(\.file), made)
  }

  func testAPathOrADigestSuffices() async throws {
    let harness = Harness()
    let files = try await download(
      [
        .with { $0.desc = FileDesc(path: "data.csv", var: "DATA") },
        .with { $0.sha256 = Fixture.sha("a") },
        .with { $0.sha256 = Fixture.sha("a") },
      ], harness)
    XCTAssertEqual(
      files.map(\.file), [Fixture.full.inputFiles[1], Fixture.full.inputFiles[0]],
      "each file once")
  }

  func testAFileThatIsNotTheJobsIsRefused() async throws {
    let harness = Harness()
    try await assertInvalid(["files[0]", "files[2]", "files[3]", "files[4]"]) {
      try await download(
        [
          .with { $0.desc = FileDesc(path: "other.py") },
          Fixture.full.inputFiles[0],
          Fixture.file("main.py", "b"),
          .with { $0.desc = FileDesc(path: "main.py", var: "MAIN") },
          File(),
        ], harness)
    }
  }

  func testAContentThatIsNotStoredIsNamed() async throws {
    let harness = unexecuted()
    harness.objects.lose(Fixture.full.inputFiles[1].content, in: Fixture.project)
    let error = try await jobError { try await download([], harness) }
    XCTAssertEqual(error.code, .failedPrecondition)
    XCTAssertEqual(error.preconditionViolations.map(\.subject), ["data.csv"])
  }

  func testClearedDataIsRefused() async throws {
    let harness = Harness()
    harness.store.update(jobID: Fixture.sourceID) { $0.dataCleared = true }
    try await assertFails(.failedPrecondition) { try await download([], harness) }
  }

  func testTheRightToReadSuffices() async throws {
    let harness = unexecuted()
    harness.rights.protect(Fixture.project)
    let files = try await download([], harness)
    XCTAssertEqual(files.count, 3)
    harness.rights.hide(Fixture.project)
    try await assertFails(.notFound) { try await download([], harness) }
    try await assertInvalid(["job_id"]) {
      try await harness.cloner.downloadFiles(.init(), for: Fixture.caller)
    }
  }
}
