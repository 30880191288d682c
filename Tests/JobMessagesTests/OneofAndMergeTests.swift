import JobMessages
import ProtobufWire
import XCTest

/// The risk: two encodings, one behind the other, mean something else than to the official runtime.
final class OneofAndMergeTests: XCTestCase {
  private func decode<M: Message>(_ parts: any Message..., as: M.Type = M.self) throws -> M {
    try M(serializedBytes: parts.flatMap { $0.serializedBytes() })
  }

  func testTheSameMessageMemberOfAOneofIsMergedInto() throws {
    let first = Environment.with { $0.dockerImage = .spec(.with { $0.imageURL = "image" }) }
    let second = Environment.with { $0.dockerImage = .spec(.with { $0.username = "user" }) }
    let both = try decode(first, second, as: Environment.self)
    XCTAssertEqual(
      both.dockerImage,
      .spec(
        .with {
          $0.imageURL = "image"
          $0.username = "user"
        }))
  }

  func testAnotherMemberOfAOneofReplaces() throws {
    let spec = Environment.with { $0.dockerImage = .spec(.with { $0.imageURL = "image" }) }
    let resource = Environment.with { $0.dockerImage = .resourceID("id") }
    XCTAssertEqual(
      try decode(spec, resource, as: Environment.self).dockerImage, .resourceID("id"))
    let back = try decode(spec, resource, spec, as: Environment.self)
    XCTAssertEqual(back, spec, "a member that was replaced leaves nothing behind to merge into")
  }

  func testAnEmptyMemberOfAOneofIsSet() throws {
    let plain = DockerImageSpec.with { $0.password = .plainText("") }
    XCTAssertEqual(plain.serializedBytes(), [0x1a, 0])
    XCTAssertEqual(try decode(plain, as: DockerImageSpec.self), plain)
    let operation = LongRunningOperation.with { $0.result = .response(ProtobufAny()) }
    XCTAssertEqual(try decode(operation, as: LongRunningOperation.self), operation)
    let log = LogMessage.with { $0.source = .standardStream(.unspecified) }
    XCTAssertEqual(log.serializedBytes(), [0x18, 0])
    XCTAssertEqual(try decode(log, as: LogMessage.self), log)
  }

  func testSettingNilClearsOnlyTheMemberItself() {
    var spec = DockerImageSpec.with { $0.password = .dsSecretName("secret") }
    spec.passwordPlainText = nil
    XCTAssertEqual(spec.passwordDsSecretName, "secret")
    spec.passwordDsSecretName = nil
    XCTAssertNil(spec.password)
    spec.passwordPlainText = "password"
    XCTAssertEqual(spec.password, .plainText("password"))
  }

  func testAnOptionalFieldTellsZeroFromUnset() throws {
    let zero = QuotaFailure.Violation.with { $0.futureQuotaValue = 0 }
    XCTAssertEqual(zero.serializedBytes(), [0x40, 0])
    XCTAssertEqual(try decode(zero, as: QuotaFailure.Violation.self).futureQuotaValue, 0)
    XCTAssertNil(
      try decode(QuotaFailure.Violation(), as: QuotaFailure.Violation.self).futureQuotaValue)
  }

  func testConcatenationMergesFieldByField() throws {
    let first = CloneProjectJobRequest.with {
      $0.sourceJobID = "first"
      $0.name = "name"
      $0.jobParametersOverrides = .with {
        $0.cmd = "first"
        $0.arguments = [.init(name: "A", value: "1")]
        $0.env = .with { $0.vars = ["a": "1", "b": "1"] }
      }
    }
    let second = CloneProjectJobRequest.with {
      $0.sourceJobID = "second"
      $0.jobParametersOverrides = .with {
        $0.attachProjectDisk = true
        $0.arguments = [.init(name: "A", value: "2")]
        $0.env = .with { $0.vars = ["b": "2", "c": "2"] }
      }
    }
    let expected = CloneProjectJobRequest.with {
      $0.sourceJobID = "second"
      $0.name = "name"
      $0.jobParametersOverrides = .with {
        $0.cmd = "first"
        $0.attachProjectDisk = true
        $0.arguments = [.init(name: "A", value: "1"), .init(name: "A", value: "2")]
        $0.env = .with { $0.vars = ["a": "1", "b": "2", "c": "2"] }
      }
    }
    XCTAssertEqual(try decode(first, second, as: CloneProjectJobRequest.self), expected)

    var merged = first
    try merged.merge(serializedBytes: second.serializedBytes())
    XCTAssertEqual(merged, expected)
  }

  func testAMapWhoseMessageComesInPiecesIsInOrder() throws {
    func piece(_ key: String, _ value: String) -> [UInt8] {
      JobParameters.with {
        $0.cmd = "between the pieces"
        $0.env = .with { $0.vars = [key: value] }
      }.serializedBytes()
    }
    let pieces = piece("c", "1") + piece("a", "2") + piece("b", "3") + piece("a", "4")
    let expected: StringMap = ["a": "4", "b": "3", "c": "1"]
    let parameters = try JobParameters(serializedBytes: pieces)
    XCTAssertEqual(parameters.env?.vars, expected)
    XCTAssertEqual(
      try ListProjectJobResponse(
        serializedBytes: ListProjectJobResponse.with {
          $0.jobs = [.with { $0.jobParameters = parameters }]
        }.serializedBytes()
      ).jobs.first?.jobParameters?.env?.vars, expected)
    var broken = JobParameters()
    XCTAssertThrowsError(try broken.merge(serializedBytes: pieces + [0x80]))
    XCTAssertEqual(broken.env?.vars, expected)
  }
}
