import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

/// clone-semantics §2: the new job, field by field.
final class NewJobTests: XCTestCase {
  func testEveryFieldOfAClone() async throws {
    let harness = Harness()
    let made = try await harness.clone(.with { $0.cmd = "new" }) {
      $0.name = "second"
      $0.desc = "the second run"
      $0.dataTtl = ProtobufDuration(seconds: 100, nanos: 900_000_000)
    }
    var parameters = Fixture.full
    parameters.cmd = "new"
    let expected = Job.with {
      $0.id = "bt100000000000000001"
      $0.name = "second"
      $0.desc = "the second run"
      $0.createdAt = harness.clock.present
      $0.status = .creating
      $0.config = Fixture.source.config
      $0.createdByID = Fixture.caller.id
      $0.projectID = Fixture.project
      $0.jobParameters = parameters
      $0.dataExpiresAt = ProtobufTimestamp(seconds: 1_800_000_101, nanos: 23_456_789)
      $0.parentJobID = Fixture.sourceID
    }
    XCTAssertEqual(made.job.serializedBytes(), expected.serializedBytes(), "\(made.job)")
  }

  func testNameAndDescriptionAreInherited() async throws {
    let made = try await Harness().clone()
    XCTAssertEqual(made.job.name, "training")
    XCTAssertEqual(made.job.desc, "the first run")
  }

  func testDataLivesFor14DaysOrAsLongAsThePolicySays() async throws {
    let made = try await Harness().clone()
    XCTAssertEqual(made.job.dataExpiresAt?.seconds, 1_800_000_000 + 14 * 86_400)
    let short = try await Harness(policy: OverridePolicy(defaultDataTTL: 60)).clone()
    XCTAssertEqual(short.job.dataExpiresAt?.seconds, 1_800_000_060)
  }

  func testLifetimesWithoutEndEndWithTheYear9999() async throws {
    let policy = OverridePolicy(
      defaultDataTTL: .max, uploadURLLifetime: .max, idempotencyRetention: .max,
      planningDeadline: .max, operationLease: .max)
    let harness = Harness(policy: policy)
    let made = try await harness.clone(
      .with { $0.inputFiles = [Fixture.file("main.py", "9")] },
      as: Caller(principal: Fixture.caller, idempotencyKey: "key"))
    XCTAssertEqual(made.job.dataExpiresAt?.seconds, 253_402_300_799)
    XCTAssertTrue(made.response.uploadFiles[0].url.hasSuffix("expires=253402300799"))
    let sweep = await harness.housekeeper.sweep(now: harness.clock.present)
    XCTAssertEqual(sweep, Housekeeper.Sweep())
  }

  func testTheParentIsTheImmediateSource() async throws {
    let harness = Harness()
    let first = try await harness.clone()
    let second = try await harness.clone { $0.sourceJobID = first.job.id }
    XCTAssertEqual(second.job.parentJobID, first.job.id)
    XCTAssertEqual(second.job.createdByID, Fixture.caller.id)
  }

  func testTheSourceIsNotChanged() async throws {
    let harness = Harness()
    try await harness.clone(.with { $0.cmd = "new" })
    let source = try await harness.store.job(id: Fixture.sourceID)
    XCTAssertEqual(source, Fixture.source)
  }

  func testUnknownFieldsOfTheSourcesParametersAreKeptAndThoseOfTheJobAreNot() async throws {
    var source = Fixture.source.withUnknown(1)
    source.jobParameters = source.jobParameters?.withUnknown(2)
    let made = try await Harness(source: source).clone()
    XCTAssertTrue(made.job.unknownFields.isEmpty)
    XCTAssertEqual(made.job.jobParameters, source.jobParameters)
  }

  func testEveryFieldOfACreatedJob() async throws {
    let harness = Harness()
    let made = try await harness.create(Fixture.least) {
      $0.config = "cmd: true\n"
      $0.name = "first"
      $0.desc = "made"
    }
    let expected = Job.with {
      $0.id = "bt100000000000000001"
      $0.name = "first"
      $0.desc = "made"
      $0.createdAt = harness.clock.present
      $0.status = .creating
      $0.config = "cmd: true\n"
      $0.createdByID = Fixture.caller.id
      $0.projectID = Fixture.project
      $0.jobParameters = Fixture.least
      $0.dataExpiresAt = harness.clock.present
      $0.dataExpiresAt?.seconds += 14 * 86_400
    }
    XCTAssertEqual(made.job.serializedBytes(), expected.serializedBytes(), "\(made.job)")
  }

  func testNamesNeedNotBeUniqueUnlessThePolicySaysSo() async throws {
    let harness = Harness()
    try await harness.clone()
    try await harness.clone()

    let strict = Harness(policy: OverridePolicy(uniqueNames: true))
    let error = try await jobError { try await strict.clone() }
    XCTAssertEqual(error.code, .alreadyExists)
    XCTAssertEqual(error.resource?.name, "training")
    try await strict.clone { $0.name = "another" }
  }

  func testNoNameIsNeverTaken() async throws {
    let harness = Harness(policy: OverridePolicy(uniqueNames: true))
    try await harness.create(Fixture.least)
    try await harness.create(Fixture.least)
  }

  func testGetReturnsTheStoredJob() async throws {
    let harness = Harness()
    let made = try await harness.clone()
    let got = try await harness.cloner.job(.with { $0.jobID = made.job.id }, for: Fixture.caller)
    XCTAssertEqual(got, made.job)
  }

  func testGetNamesAJobThatTheCallerMayRead() async throws {
    let harness = Harness()
    try await assertInvalid(["job_id"]) {
      try await harness.cloner.job(GetProjectJobRequest(), for: Fixture.caller)
    }
    let absent = try await jobError {
      try await harness.cloner.job(.with { $0.jobID = "nobody" }, for: Fixture.caller)
    }
    XCTAssertEqual(absent.code, .notFound)
    harness.rights.hide(Fixture.project)
    try await assertFails(.notFound) {
      try await harness.cloner.job(.with { $0.jobID = Fixture.sourceID }, for: Fixture.caller)
    }
  }
}
