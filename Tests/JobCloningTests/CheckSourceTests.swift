import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

/// clone-semantics §4: the source job, and who may clone it.
final class CheckSourceTests: XCTestCase {
  func testSourceIDMustBeGiven() async throws {
    try await assertInvalid(["source_job_id"]) {
      try await Harness().clone { $0.sourceJobID = "" }
    }
  }

  func testSourceIDHasAtMostFiftyCharacters() async throws {
    try await assertInvalid(["source_job_id"]) {
      try await Harness().clone { $0.sourceJobID = String(repeating: "x", count: 51) }
    }
    try await assertFails(.notFound) {
      try await Harness().clone { $0.sourceJobID = String(repeating: "\u{E9}", count: 50) }
    }
  }

  func testWithoutAPossibleSourceTheRestOfTheRequestIsCheckedToo() async throws {
    let overrides = JobParameters.with {
      $0.arguments = [Argument(name: "", value: "1"), Argument(name: "NEW", value: "2")]
      $0.extendedWorkingStorage.filled.type = .ssd
    }
    let fields = ["source_job_id", "job_parameters_overrides.arguments[0].name", "name"]
    try await assertInvalid(fields) {
      try await Harness().clone(overrides) {
        $0.sourceJobID = ""
        $0.name = String(repeating: "n", count: 65)
      }
    }
  }

  func testAnAbsentSourceIsNotFoundWithResourceInfo() async throws {
    let error = try await jobError { try await Harness().clone { $0.sourceJobID = "nobody" } }
    XCTAssertEqual(error.code, .notFound)
    XCTAssertEqual(error.resource?.type, "yandex.cloud.datasphere.v2.jobs.Job")
    XCTAssertEqual(error.resource?.name, "nobody")
  }

  func testASourceThatTheCallerMayNotReadAnswersExactlyAsAnAbsentOne() async throws {
    let hidden = Harness()
    hidden.rights.hide(Fixture.project)
    let refused = try await jobError { try await hidden.clone() }
    let absent = Harness(source: .with { $0.id = "another" })
    let missing = try await jobError { try await absent.clone() }
    XCTAssertEqual(refused.googleStatus(requestID: "r"), missing.googleStatus(requestID: "r"))
    XCTAssertEqual(refused.code, .notFound)
  }

  func testAHiddenSourceIsNotProbedByOtherFaultsOfTheRequest() async throws {
    let harness = Harness()
    harness.rights.hide(Fixture.project)
    try await assertFails(.notFound) {
      try await harness.clone(.with { $0.arguments = [Argument(name: "NEW", value: "")] })
    }
  }

  func testReadingWithoutCreatingIsPermissionDenied() async throws {
    let harness = Harness()
    harness.rights.protect(Fixture.project)
    try await assertFails(.permissionDenied) { try await harness.clone() }
    XCTAssertEqual(harness.store.creations.count, 0)
  }

  func testClearedDataIsAFailedPrecondition() async throws {
    let harness = Harness()
    harness.store.update(jobID: Fixture.sourceID) { $0.dataCleared = true }
    let error = try await jobError { try await harness.clone() }
    XCTAssertEqual(error.code, .failedPrecondition)
    XCTAssertEqual(error.preconditionViolations.map(\.type), ["DATA_CLEARED"])
    XCTAssertEqual(error.preconditionViolations.map(\.subject), [Fixture.sourceID])
  }

  func testExpiredDataIsAFailedPreconditionFromTheVeryMoment() async throws {
    let harness = Harness()
    let now = harness.clock.present
    harness.store.update(jobID: Fixture.sourceID) { $0.dataExpiresAt = now }
    let error = try await jobError { try await harness.clone() }
    XCTAssertEqual(error.code, .failedPrecondition)
    XCTAssertEqual(error.preconditionViolations.map(\.type), ["DATA_EXPIRED"])

    harness.store.update(jobID: Fixture.sourceID) { $0.dataExpiresAt?.nanos += 1 }
    try await harness.clone()
  }

  func testDataWithoutAnExpiryNeverExpires() async throws {
    let harness = Harness()
    harness.store.update(jobID: Fixture.sourceID) { $0.dataExpiresAt = nil }
    try await harness.clone()
  }

  func testASourceInAnyStateCanBeCloned() async throws {
    for status in JobStatus.names.map(\.value) {
      let harness = Harness()
      harness.store.update(jobID: Fixture.sourceID) { $0.status = status }
      let made = try await harness.clone()
      XCTAssertEqual(made.job.status, .creating)
    }
  }
}
