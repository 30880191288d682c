import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

/// clone-semantics §3: what `upload_files` lists, and the URLs of replies.
final class UploadFilesTests: XCTestCase {
  private let expiry: Int64 = 1_800_000_000 + 86_400

  private func url(_ digit: Character) -> String {
    "memory://\(Fixture.project)/\(Fixture.sha(digit))?size=10&expires=\(expiry)"
  }

  func testNothingIsListedWhenTheOverridesBringNothing() async throws {
    let made = try await Harness().clone(.with { $0.cmd = "true" })
    XCTAssertEqual(made.response.uploadFiles, [])
  }

  func testEachDistinctContentIsListedOnceInputsBeforeModulesAndVerbatim() async throws {
    let first = Fixture.file("x", var: "X", "2").withUnknown(1)
    let made = try await Harness().clone(
      .with {
        $0.cmd = "true"
        $0.inputFiles = [
          first, Fixture.file("y", var: "Y", "1"), Fixture.file("z", var: "Z", "2"),
        ]
        $0.env.filled.pythonEnv.filled.localModules = [
          Fixture.file("m0", "3"), Fixture.file("m1", "1"), Fixture.file("m2", "3"),
        ]
      })
    XCTAssertEqual(
      made.response.uploadFiles.map(\.file),
      [first, Fixture.file("y", var: "Y", "1"), Fixture.file("m0", "3")])
    XCTAssertEqual(made.response.uploadFiles.map(\.url), [url("2"), url("1"), url("3")])
  }

  func testStoredContentsAreNotListed() async throws {
    let made = try await Harness().clone(
      .with {
        $0.inputFiles = [Fixture.file("new", var: "DATA", "c"), Fixture.file("main.py", "9")]
      })
    XCTAssertEqual(made.response.uploadFiles.map(\.file?.sha256), [Fixture.sha("9")])
  }

  func testContentsOfAnotherProjectCountAsNotStored() async throws {
    let harness = Harness()
    harness.objects.add(
      ContentID(sha256: Fixture.sha("9"), sizeBytes: 10), in: "another project")
    let made = try await harness.clone(
      .with { $0.inputFiles = [Fixture.file("main.py", "9")] })
    XCTAssertEqual(made.response.uploadFiles.count, 1)
  }

  func testEmptyContentIsAlwaysStored() async throws {
    let harness = Harness()
    let empty = File(desc: FileDesc(path: "main.py"), sha256: ContentID.empty.sha256)
    let made = try await harness.clone(.with { $0.inputFiles = [empty] })
    XCTAssertEqual(made.response.uploadFiles, [])
    try await harness.clone { $0.sourceJobID = made.job.id }
    XCTAssertEqual(ContentID(of: []), .empty)
    XCTAssertFalse(harness.objects.questions.contains { $0.contains(.empty) })
  }

  func testInheritedFilesAreNeverListed() async throws {
    let harness = Harness()
    harness.objects.lose(ContentID(sha256: Fixture.sha("a"), sizeBytes: 10), in: Fixture.project)
    harness.objects.lose(ContentID(sha256: Fixture.sha("c"), sizeBytes: 10), in: Fixture.project)
    let error = try await jobError { try await harness.clone() }
    XCTAssertEqual(error.code, .failedPrecondition)
    XCTAssertEqual(error.preconditionViolations.map(\.subject), ["main.py", "/tmp/0.zip"])
    XCTAssertEqual(
      error.preconditionViolations.map(\.type), Array(repeating: "CONTENT_NOT_STORED", count: 2))
    XCTAssertTrue(error.message.hasPrefix("main.py: "), error.message)
    XCTAssertTrue(error.message.hasSuffix("(and 1 more violation)"), error.message)
    XCTAssertEqual(harness.store.creations.count, 0)
  }

  func testALongPathIsCutInTheError() async throws {
    var source = Fixture.source
    source.jobParameters?.inputFiles[0].desc?.path = String(repeating: "p", count: 100_000)
    let harness = Harness(source: source)
    harness.objects.lose(ContentID(sha256: Fixture.sha("a"), sizeBytes: 10), in: Fixture.project)
    let error = try await jobError { try await harness.clone() }
    XCTAssertEqual(error.preconditionViolations.count, 1)
    XCTAssertLessThan(error.googleStatus(requestID: "r").serializedSize, 1_000)
  }

  func testAnInheritedContentThatTheRequestBringsElsewhereIsListedAsTheRequests() async throws {
    let harness = Harness()
    harness.objects.lose(ContentID(sha256: Fixture.sha("a"), sizeBytes: 10), in: Fixture.project)
    let brought = Fixture.file("copy.py", var: "DATA", "a")
    let made = try await harness.clone(.with { $0.inputFiles = [brought] })
    XCTAssertEqual(made.response.uploadFiles.map(\.file), [brought])
  }

  func testAReplacedFileNeedNotBeStored() async throws {
    let harness = Harness()
    harness.objects.lose(ContentID(sha256: Fixture.sha("b"), sizeBytes: 10), in: Fixture.project)
    try await harness.clone(.with { $0.inputFiles = [Fixture.file("new", var: "DATA", "9")] })
  }

  func testTheSecondOfTwoClonesMayHoldAURLForTheSameContent() async throws {
    let harness = Harness()
    let overrides = JobParameters.with { $0.inputFiles = [Fixture.file("main.py", "9")] }
    let first = try await harness.clone(overrides)
    let second = try await harness.clone(overrides)
    XCTAssertEqual(first.response.uploadFiles, second.response.uploadFiles)
  }

  func testURLsAreNeverStored() async throws {
    let harness = Harness()
    try await harness.clone(.with { $0.inputFiles = [Fixture.file("main.py", "9")] })
    let creation = try XCTUnwrap(harness.store.creations.first)
    let response = try XCTUnwrap(
      try creation.operation.response?.unpack(CloneProjectJobResponse.self))
    XCTAssertEqual(response.uploadFiles.map(\.url), [""])
    XCTAssertEqual(response.uploadFiles.map(\.file), [Fixture.file("main.py", "9")])
  }

  func testTheListIsFixedAndTheURLsAreMadeAtEachReply() async throws {
    let harness = Harness(policy: OverridePolicy(uploadURLLifetime: 60))
    let made = try await harness.clone(.with { $0.inputFiles = [Fixture.file("main.py", "9")] })
    harness.upload(made.job.jobParameters.filled)
    harness.clock.advance(seconds: 1_000)
    let request = GetOperationRequest.with { $0.operationID = made.operation.id }
    let found = try await harness.cloner.operation(request, for: Fixture.caller)
    let response = try XCTUnwrap(try found.response?.unpack(CloneProjectJobResponse.self))
    XCTAssertEqual(response.uploadFiles.map(\.file), [Fixture.file("main.py", "9")])
    XCTAssertEqual(
      response.uploadFiles.map(\.url),
      [
        "memory://\(Fixture.project)/\(Fixture.sha("9"))?size=10&expires=1800001060"
      ])
    XCTAssertEqual(found.modifiedAt, made.operation.modifiedAt)
  }

  func testURLsAreOnlyForACallerWhoMayCreate() async throws {
    let harness = Harness()
    let made = try await harness.create(
      .with {
        $0.cmd = "true"
        $0.cloudInstanceTypes = [CloudInstanceType(name: "c1.4")]
        $0.inputFiles = [Fixture.file("main.py", "9")]
      })
    XCTAssertEqual(made.response.uploadFiles.map(\.url), [url("9")])
    harness.rights.protect(Fixture.project)
    let request = GetOperationRequest.with { $0.operationID = made.operation.id }
    let found = try await harness.cloner.operation(request, for: Fixture.caller)
    let response = try XCTUnwrap(try found.response?.unpack(CreateProjectJobResponse.self))
    XCTAssertEqual(response.uploadFiles.map(\.url), [""])
  }

  func testTheStoreLearnsEveryContentOnce() async throws {
    let harness = Harness()
    try await harness.clone(
      .with {
        $0.inputFiles = [Fixture.file("main.py", "c"), Fixture.file("new", var: "DATA", "9")]
      })
    XCTAssertEqual(
      harness.store.creations.first?.contents.map(\.sha256), [Fixture.sha("c"), Fixture.sha("9")])
  }

  func testAJobWithoutFilesAsksTheStorageNothing() async throws {
    let harness = Harness()
    try await harness.create(Fixture.least)
    XCTAssertEqual(harness.objects.questions.count, 0)
  }
}
