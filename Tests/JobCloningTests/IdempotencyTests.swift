import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

/// clone-semantics §5: the idempotency key.
final class IdempotencyTests: XCTestCase {
  private let caller = Caller(principal: Fixture.caller, idempotencyKey: "key 1")

  func testTheSameKeyAndRequestMakeNothingNew() async throws {
    let harness = Harness()
    let first = try await harness.clone(as: caller)
    harness.clock.advance(seconds: 3_600)
    let second = try await harness.clone(as: caller)
    XCTAssertEqual(first.operation, second.operation)
    XCTAssertEqual(harness.store.creations.count, 1)
  }

  func testTheRepeatHasFreshURLs() async throws {
    let harness = Harness()
    let overrides = JobParameters.with { $0.inputFiles = [Fixture.file("main.py", "9")] }
    let first = try await harness.clone(overrides, as: caller)
    harness.clock.advance(seconds: 3_600)
    let second = try await harness.clone(overrides, as: caller)
    XCTAssertEqual(first.response.jobID, second.response.jobID)
    XCTAssertNotEqual(first.response.uploadFiles[0].url, second.response.uploadFiles[0].url)
    XCTAssertTrue(second.response.uploadFiles[0].url.hasSuffix("expires=1800090000"))
  }

  func testTheSameKeyAndAnotherRequestAreRefused() async throws {
    let harness = Harness()
    try await harness.clone(as: caller)
    try await assertInvalid(["idempotency-key"]) {
      try await harness.clone(.with { $0.cmd = "other" }, as: caller)
    }
    XCTAssertEqual(harness.store.creations.count, 1)
  }

  func testTheScopeIsPrincipalMethodAndKey() async throws {
    let harness = Harness()
    try await harness.clone(as: caller)
    try await harness.clone(as: Caller(principal: Fixture.owner, idempotencyKey: "key 1"))
    try await harness.clone(as: Caller(principal: Fixture.caller, idempotencyKey: "key 2"))
    try await harness.create(Fixture.least, as: caller)
    XCTAssertEqual(harness.store.creations.count, 4)
  }

  func testWithoutAKeyEveryRequestMakesAJob() async throws {
    let harness = Harness()
    try await harness.clone()
    try await harness.clone()
    XCTAssertEqual(harness.store.creations.count, 2)
    XCTAssertNil(harness.store.creations.first?.idempotency)
  }

  func testAKeyIs1To64PrintableASCIICharacters() async throws {
    for key in ["", String(repeating: "k", count: 65), "\u{E9}", "a\tb", "a\u{7F}", "\n"] {
      try await assertInvalid(["idempotency-key"]) {
        try await Harness().clone(as: Caller(principal: Fixture.caller, idempotencyKey: key))
      }
    }
    for key in [String(repeating: "k", count: 64), " ~", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"] {
      try await Harness().clone(as: Caller(principal: Fixture.caller, idempotencyKey: key))
    }
  }

  func testAKeyIsRememberedFor24HoursOrAsLongAsThePolicySays() async throws {
    let harness = Harness()
    try await harness.clone(as: caller)
    harness.clock.advance(seconds: 86_399)
    try await harness.clone(as: caller)
    XCTAssertEqual(harness.store.creations.count, 1)
    harness.clock.advance(seconds: 1)
    try await harness.clone(as: caller)
    XCTAssertEqual(harness.store.creations.count, 2)

    let brief = Harness(policy: OverridePolicy(idempotencyRetention: 10))
    try await brief.clone(as: caller)
    let claim = try XCTUnwrap(brief.store.creations.first?.idempotency)
    XCTAssertEqual(claim.expiresAt.seconds - claim.claimedAt.seconds, 10)
  }

  func testARepeatOutlivesItsSource() async throws {
    let harness = Harness()
    let first = try await harness.clone(as: caller)
    harness.store.update(jobID: Fixture.sourceID) { $0.dataCleared = true }
    let second = try await harness.clone(as: caller)
    XCTAssertEqual(first.operation, second.operation)
  }

  func testARepeatNeedsTheRightsOfTheFirst() async throws {
    let harness = Harness()
    try await harness.clone(as: caller)
    harness.rights.protect(Fixture.project)
    try await assertFails(.permissionDenied) { try await harness.clone(as: caller) }
    harness.rights.hide(Fixture.project)
    try await assertFails(.notFound) { try await harness.clone(as: caller) }
  }

  func testOf64SimultaneousCallsOneCreates() async throws {
    let harness = Harness()
    let ids = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<64 {
        group.addTask { [caller] in try await harness.clone(as: caller).operation.id }
      }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    XCTAssertEqual(ids.count, 1)
    XCTAssertEqual(harness.store.creations.count, 1)
  }

  func testAKeyOutlivesARotationOfSecrets() async throws {
    let keys = KeyRing.random()
    let before = Harness(keys: keys)
    try await before.clone(as: caller)
    let claim = try XCTUnwrap(before.store.creations.first?.idempotency)

    // The same store after the rotation: it holds the digest under the old secret.
    let after = Harness(keys: keys.rotated())
    var creation = try XCTUnwrap(before.store.creations.first)
    creation.idempotency = claim
    _ = try await after.store.create(creation)
    let repeated = try await after.clone(as: caller)
    XCTAssertEqual(repeated.operation, creation.operation)
    try await assertInvalid(["idempotency-key"]) {
      try await after.clone(.with { $0.cmd = "other" }, as: caller)
    }
  }

  func testThePasswordIsPartOfTheRequestAndNotOfTheRepeat() async throws {
    func overrides(_ password: String) -> JobParameters {
      .with {
        $0.env.filled.dockerImageSpec = .with {
          $0.imageURL = "i"
          $0.passwordPlainText = password
        }
      }
    }
    let harness = Harness()
    let first = try await harness.clone(overrides("hunter2"), as: caller)
    let repeated = try await harness.clone(overrides("hunter2"), as: caller)
    XCTAssertEqual(repeated.operation, first.operation)
    let encoded = String(decoding: repeated.operation.serializedBytes(), as: UTF8.self)
    XCTAssertFalse(encoded.contains("hunter2"))
    let error = try await jobError { try await harness.clone(overrides("hunter3"), as: caller) }
    XCTAssertEqual(error.fieldViolations.map(\.field), ["idempotency-key"])
    XCTAssertFalse(error.description.contains("hunter"))
    XCTAssertEqual(harness.store.creations.count, 1)
  }

  func testTheDigestIsKeyedAndRevealsNoPassword() async throws {
    let overrides = JobParameters.with {
      $0.env.filled.dockerImageSpec = .with {
        $0.imageURL = "i"
        $0.passwordPlainText = "1234"
      }
    }
    let one = Harness()
    try await one.clone(overrides, as: caller)
    let two = Harness()
    try await two.clone(overrides, as: caller)
    XCTAssertNotEqual(
      one.store.creations.first?.idempotency?.requestDigest,
      two.store.creations.first?.idempotency?.requestDigest)
  }
}
