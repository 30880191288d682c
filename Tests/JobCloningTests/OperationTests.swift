import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

/// clone-semantics §3: the operation, field by field.
final class OperationTests: XCTestCase {
  func testEveryFieldOfACloneOperation() async throws {
    let harness = Harness()
    let made = try await harness.clone()
    let expected = LongRunningOperation.with {
      $0.id = "bt100000000000000002"
      $0.description = "Clone job \(Fixture.sourceID)"
      $0.createdAt = harness.clock.present
      $0.createdBy = Fixture.caller.id
      $0.modifiedAt = harness.clock.present
      $0.done = true
      $0.metadata = ProtobufAny(
        packing: CloneProjectJobMetadata.with {
          $0.projectID = Fixture.project
          $0.jobID = "bt100000000000000001"
        })
      $0.response = ProtobufAny(
        packing: CloneProjectJobResponse.with { $0.jobID = "bt100000000000000001" })
    }
    XCTAssertEqual(made.operation.serializedBytes(), expected.serializedBytes())
    XCTAssertEqual(
      made.operation.response?.typeURL,
      "type.googleapis.com/yandex.cloud.datasphere.v2.jobs.CloneProjectJobResponse")
    XCTAssertEqual(
      made.operation.metadata?.typeURL,
      "type.googleapis.com/yandex.cloud.datasphere.v2.jobs.CloneProjectJobMetadata")
  }

  func testEveryFieldOfACreateOperation() async throws {
    let harness = Harness()
    let made = try await harness.create(Fixture.least)
    let expected = LongRunningOperation.with {
      $0.id = "bt100000000000000002"
      $0.description = "Create job in project \(Fixture.project)"
      $0.createdAt = harness.clock.present
      $0.createdBy = Fixture.caller.id
      $0.modifiedAt = harness.clock.present
      $0.done = true
      $0.metadata = ProtobufAny(
        packing: CreateProjectJobMetadata.with {
          $0.projectID = Fixture.project
          $0.jobID = "bt100000000000000001"
        })
      $0.response = ProtobufAny(
        packing: CreateProjectJobResponse.with { $0.jobID = "bt100000000000000001" })
    }
    XCTAssertEqual(made.operation.serializedBytes(), expected.serializedBytes())
  }

  func testItIsStoredWithTheJobInOneCreation() async throws {
    let harness = Harness()
    let made = try await harness.clone()
    let creation = try XCTUnwrap(harness.store.creations.first)
    XCTAssertEqual(harness.store.creations.count, 1)
    XCTAssertEqual(creation.operation, made.operation)
    XCTAssertEqual(creation.job, made.job)
  }

  func testItIsFoundByItsID() async throws {
    let harness = Harness()
    let made = try await harness.clone()
    let request = GetOperationRequest.with { $0.operationID = made.operation.id }
    let found = try await harness.cloner.operation(request, for: Fixture.caller)
    XCTAssertEqual(found, made.operation)
  }

  /// The way from a job to fresh upload URLs, also after other operations on the job.
  func testTheIDOfAJobStandsForTheOperationThatMadeIt() async throws {
    let harness = Harness()
    let file = Fixture.file("new.txt", "f")
    var parameters = Fixture.least
    parameters.inputFiles = [file]
    let made = try await harness.create(parameters)
    XCTAssertEqual(made.response.uploadFiles.map(\.file), [file])
    harness.clock.advance(seconds: 5)
    let request = GetOperationRequest.with { $0.operationID = made.job.id }
    let found = try await harness.cloner.operation(request, for: Fixture.caller)
    XCTAssertEqual(found.id, made.operation.id)
    let response = try XCTUnwrap(found.response?.unpack(CreateProjectJobResponse.self))
    XCTAssertEqual(response.uploadFiles.map(\.file), [file])
    XCTAssertNotEqual(response.uploadFiles[0].url, made.response.uploadFiles[0].url)
    // Another operation of the job is newer.
    _ = try await harness.cloner.deleteData(
      .with { $0.jobID = made.job.id }, for: Caller(principal: Fixture.caller))
    let still = try await harness.cloner.operation(request, for: Fixture.caller)
    XCTAssertEqual(still.id, made.operation.id)
    // Whose making is not remembered: the source was put into the store.
    for id in [Fixture.sourceID, "x"] {
      let error = try await jobError {
        try await harness.cloner.operation(.with { $0.operationID = id }, for: Fixture.caller)
      }
      XCTAssertEqual(error.code, .notFound)
    }
    harness.rights.hide(Fixture.project)
    let hidden = try await jobError {
      try await harness.cloner.operation(
        .with { $0.operationID = made.job.id }, for: Fixture.caller)
    }
    let absent = try await jobError {
      try await harness.cloner.operation(.with { $0.operationID = "x" }, for: Fixture.caller)
    }
    XCTAssertEqual(hidden.code, .notFound)
    XCTAssertEqual(
      hidden.message.replacing(made.job.id, with: "x"), absent.message, "ids can be probed")
  }

  func testWhatTheCallerMayNotReadIsNotFound() async throws {
    let harness = Harness()
    let made = try await harness.clone()
    let absent = try await jobError {
      try await harness.cloner.operation(.with { $0.operationID = "x" }, for: Fixture.caller)
    }
    XCTAssertEqual(absent.code, .notFound)
    XCTAssertEqual(absent.resource?.type, "yandex.cloud.operation.Operation")
    harness.rights.hide(Fixture.project)
    for id in ["x", made.operation.id] {
      try await assertFails(.notFound) {
        try await harness.cloner.operation(.with { $0.operationID = id }, for: Fixture.caller)
      }
      try await assertFails(.notFound) {
        try await harness.cloner.cancel(.with { $0.operationID = id }, for: Fixture.caller)
      }
    }
  }

  func testAnIDMustBeGiven() async throws {
    let cloner = Harness().cloner
    try await assertInvalid(["operation_id"]) {
      try await cloner.operation(GetOperationRequest(), for: Fixture.caller)
    }
    try await assertInvalid(["operation_id"]) {
      try await cloner.cancel(CancelOperationRequest(), for: Fixture.caller)
    }
  }

  func testCancelReturnsADoneOperationAsItIs() async throws {
    let harness = Harness()
    let made = try await harness.clone()
    let request = CancelOperationRequest.with { $0.operationID = made.operation.id }
    let cancelled = try await harness.cloner.cancel(request, for: Fixture.caller)
    XCTAssertEqual(cancelled, made.operation)
    harness.rights.protect(Fixture.project)
    try await assertFails(.permissionDenied) {
      try await harness.cloner.cancel(request, for: Fixture.caller)
    }
  }

  func testDescriptionHasAtMost256Characters() async throws {
    var source = Fixture.source
    source.id = String(repeating: "\u{1F600}", count: 50)
    let made = try await Harness(source: source).clone { $0.sourceJobID = source.id }
    XCTAssertLessThanOrEqual(made.operation.description.unicodeScalars.count, 256)
  }

  func testStoresThatFailMakeNothing() async throws {
    for (code, expected) in [
      (StoreError.Code.unavailable, JobErrorCode.unavailable), (.full, .resourceExhausted),
      (.corrupted, .internal), (.misconfigured, .internal),
    ] {
      let failure = StoreError(code, "disk /dev/secret is broken")
      let broken = Harness()
      broken.store.failure = failure
      let storeError = try await jobError { try await broken.clone() }
      let objectsDown = Harness()
      objectsDown.objects.failure = failure
      let objectsError = try await jobError { try await objectsDown.clone() }
      let gateDown = Harness()
      gateDown.rights.fail(failure)
      let gateError = try await jobError { try await gateDown.clone() }
      for error in [storeError, objectsError, gateError] {
        XCTAssertEqual(error.code, expected)
        XCTAssertFalse(error.message.contains("secret"), "the text is for the log alone")
        XCTAssertTrue(error.description.contains("secret"))
        XCTAssertEqual(error.quotaViolations.isEmpty, expected != .resourceExhausted)
      }
      XCTAssertEqual(objectsDown.store.creations.count, 0)
    }
  }
}
