import JobCloning
import JobMessages
import XCTest

/// clone-semantics §4: name, description and time to live.
final class CheckRequestTests: XCTestCase {
  func testNameHasAtMost64Characters() async throws {
    try await Harness().clone { $0.name = String(repeating: "\u{1F600}", count: 64) }
    try await assertInvalid(["name"]) {
      try await Harness().clone { $0.name = String(repeating: "n", count: 65) }
    }
  }

  func testDescriptionHasAtMost256Characters() async throws {
    try await Harness().clone { $0.desc = String(repeating: "\u{E9}", count: 256) }
    try await assertInvalid(["desc"]) {
      try await Harness().clone { $0.desc = String(repeating: "d", count: 257) }
    }
  }

  func testTheLimitsAreThePolicys() async throws {
    var policy = OverridePolicy()
    policy.limits.nameLength = 3
    policy.limits.descriptionLength = 4
    try await assertInvalid(["name", "desc"]) {
      try await Harness(policy: policy).clone {
        $0.name = "four"
        $0.desc = "fives"
      }
    }
  }

  func testAnInheritedNameIsNotChecked() async throws {
    var source = Fixture.source
    source.name = String(repeating: "n", count: 65)
    try await Harness(source: source).clone()
  }

  func testTimeToLiveIsPositiveAndValid() async throws {
    let refused = [
      ProtobufDuration(), ProtobufDuration(seconds: -1), ProtobufDuration(seconds: 0, nanos: -1),
      ProtobufDuration(seconds: 1, nanos: -1), ProtobufDuration(seconds: -1, nanos: 1),
      ProtobufDuration(seconds: 1, nanos: 1_000_000_000), ProtobufDuration(seconds: .max),
      ProtobufDuration(seconds: .min), ProtobufDuration(seconds: 315_576_000_001),
    ]
    for ttl in refused {
      try await assertInvalid(["data_ttl"]) { try await Harness().clone { $0.dataTtl = ttl } }
    }
    try await Harness().clone { $0.dataTtl = ProtobufDuration(seconds: 0, nanos: 1) }
  }

  func testExpiryIsNotPastTheYear9999() async throws {
    let harness = Harness()
    harness.clock.present = ProtobufTimestamp(seconds: 1_800_000_000)
    let last = 253_402_300_799 - Int64(1_800_000_000)
    let made = try await harness.clone {
      $0.dataTtl = ProtobufDuration(seconds: last, nanos: 999_999_999)
    }
    XCTAssertEqual(
      made.job.dataExpiresAt, ProtobufTimestamp(seconds: 253_402_300_799, nanos: 999_999_999))
    try await assertInvalid(["data_ttl"]) {
      try await harness.clone { $0.dataTtl = ProtobufDuration(seconds: last + 1) }
    }
  }
}
