import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

/// clone-semantics §6: passwords are sealed at rest and seen by nobody.
final class SecretTests: XCTestCase {
  private let password = "correct horse battery staple"

  private func image(_ url: String = "cr.example/private:1") -> JobParameters {
    .with {
      $0.env.filled.dockerImageSpec = .with {
        $0.imageURL = url
        $0.username = "robot"
        $0.passwordPlainText = password
      }
    }
  }

  private func storedPassword(_ job: Job) -> String {
    job.jobParameters?.env?.dockerImageSpec?.passwordPlainText ?? ""
  }

  private func open(_ job: Job, _ harness: Harness) throws -> String {
    let spec = try XCTUnwrap(job.jobParameters?.env?.dockerImageSpec)
    return try SecretSealer(keys: harness.store.keys).open(
      storedPassword(job), in: .init(spec, projectID: job.projectID))
  }

  private func assertHidden<M: Message>(
    _ message: M, file: StaticString = #filePath, line: UInt = #line
  ) {
    let bytes = message.serializedBytes()
    let needle = Array(password.utf8)
    XCTAssertFalse(
      bytes.indices.contains { bytes[$0...].starts(with: needle) }, file: file, line: line)
    for text in [message.debugDescription, "\(message)", String(reflecting: message)] {
      XCTAssertFalse(text.contains(password), file: file, line: line)
    }
  }

  func testItIsStoredSealed() async throws {
    let harness = Harness()
    let made = try await harness.clone(image())
    XCTAssertTrue(storedPassword(made.job).hasPrefix("sealed:v1:1:"))
    assertHidden(made.job)
    XCTAssertEqual(try open(made.job, harness), password)
    let creation = try XCTUnwrap(harness.store.creations.first)
    assertHidden(creation.job)
    assertHidden(creation.operation)
  }

  func testItIsSealedByCreateToo() async throws {
    let harness = Harness()
    var parameters = image()
    parameters.cmd = "true"
    parameters.cloudInstanceTypes = [CloudInstanceType(name: "c1.4")]
    let made = try await harness.create(parameters)
    assertHidden(made.job)
    assertHidden(made.operation)
    XCTAssertEqual(try open(made.job, harness), password)
  }

  func testReadersSeeTheCaseWithAnEmptyValue() async throws {
    let harness = Harness()
    let made = try await harness.clone(image())
    let got = try await harness.cloner.job(.with { $0.jobID = made.job.id }, for: Fixture.caller)
    let list = try await harness.cloner.list(
      .with { $0.projectID = Fixture.project }, for: Fixture.caller)
    let listed = try XCTUnwrap(list.jobs.first { $0.id == made.job.id })
    for job in [got, listed] {
      XCTAssertEqual(job.jobParameters?.env?.dockerImageSpec?.password, .plainText(""))
      XCTAssertEqual(job.jobParameters?.env?.dockerImageSpec?.username, "robot")
      assertHidden(job)
      XCTAssertFalse("\(job.serializedBytes())".contains("sealed:"))
    }
    var unsealed = made.job
    unsealed.jobParameters?.env?.dockerImageSpec?.password = .plainText("")
    XCTAssertEqual(got, unsealed, "nothing else is hidden")
  }

  func testANameOfASecretIsNoSecret() async throws {
    let harness = Harness()
    let got = try await harness.cloner.job(
      .with { $0.jobID = Fixture.sourceID }, for: Fixture.caller)
    XCTAssertEqual(got, Fixture.source)
  }

  func testItIsInheritedByteForByteWithAnUntouchedImage() async throws {
    let harness = Harness()
    let first = try await harness.clone(image())
    let second = try await harness.clone(.with { $0.env.filled.vars = ["A": "1"] }) {
      $0.sourceJobID = first.job.id
    }
    XCTAssertEqual(storedPassword(second.job), storedPassword(first.job))
    XCTAssertEqual(try open(second.job, harness), password)
  }

  func testItIsNotInheritedByAnotherImageNotEvenForAnEqualURL() async throws {
    let harness = Harness()
    let first = try await harness.clone(image())
    let second = try await harness.clone(
      .with { $0.env.filled.dockerImageSpec = .with { $0.imageURL = "cr.example/private:1" } }
    ) { $0.sourceJobID = first.job.id }
    XCTAssertEqual(
      second.job.jobParameters?.env?.dockerImage,
      .spec(.with { $0.imageURL = "cr.example/private:1" }))
  }

  func testAPasswordThatLooksSealedIsSealedAllTheSame() async throws {
    let harness = Harness()
    let first = try await harness.clone(image())
    let sealed = storedPassword(first.job)
    let second = try await harness.clone(
      .with {
        $0.env.filled.dockerImageSpec = .with {
          $0.imageURL = "elsewhere.example/x"
          $0.passwordPlainText = sealed
        }
      })
    XCTAssertNotEqual(storedPassword(second.job), sealed)
    XCTAssertEqual(try open(second.job, harness), sealed)
  }

  func testNoErrorNamesIt() async throws {
    let harness = Harness()
    var overrides = image()
    overrides.env?.dockerImageSpec?.imageURL = ""
    overrides.arguments = [Argument(name: "NEW", value: password)]
    overrides.env?.vars = ["A=B": password]
    let error = try await jobError { try await harness.clone(overrides) }
    XCTAssertFalse(error.description.contains(password))
    assertHidden(error.googleStatus(requestID: "r"))
  }

  // MARK: The sealer

  private let place = SecretSealer.Context(projectID: "p", imageURL: "i", username: "u")

  func testSealingTwiceGivesDifferentTexts() throws {
    let sealer = SecretSealer(keys: .random())
    XCTAssertNotEqual(try sealer.seal("s", in: place), try sealer.seal("s", in: place))
  }

  func testAnySecretOpensAgain() throws {
    let sealer = SecretSealer(keys: .random())
    for secret in ["", "s", "\u{1F600}\0\"", String(repeating: "x", count: 10_000)] {
      XCTAssertEqual(try sealer.open(try sealer.seal(secret, in: place), in: place), secret)
    }
  }

  func testItOpensNowhereElse() throws {
    let sealer = SecretSealer(keys: .random())
    let sealed = try sealer.seal("s", in: place)
    for other in [
      SecretSealer.Context(projectID: "q", imageURL: "i", username: "u"),
      SecretSealer.Context(projectID: "p", imageURL: "j", username: "u"),
      SecretSealer.Context(projectID: "p", imageURL: "i", username: "v"),
      SecretSealer.Context(projectID: "p", imageURL: "iu", username: ""),
      SecretSealer.Context(projectID: "", imageURL: "pi", username: "u"),
    ] {
      XCTAssertThrowsError(try sealer.open(sealed, in: other)) {
        XCTAssertEqual(($0 as? StoreError)?.code, .corrupted)
      }
    }
  }

  func testOldKeysStillOpenAndLostOnesDoNot() throws {
    let keys = KeyRing.random()
    let sealed = try SecretSealer(keys: keys).seal("s", in: place)
    let rotated = keys.rotated().rotated()
    XCTAssertEqual(try SecretSealer(keys: rotated).open(sealed, in: place), "s")
    XCTAssertTrue(try SecretSealer(keys: rotated).seal("s", in: place).hasPrefix("sealed:v1:3:"))
    let lost = KeyRing(current: rotated.current)
    XCTAssertThrowsError(try SecretSealer(keys: lost).open(sealed, in: place)) {
      XCTAssertEqual(($0 as? StoreError)?.code, .misconfigured)
    }
  }

  func testWhatIsNotSealedDoesNotOpen() throws {
    let sealer = SecretSealer(keys: .random())
    let sealed = try sealer.seal("s", in: place)
    for text in [
      "", "s", "sealed:v1:1:", "sealed:v1:1:AAAA", "sealed:v1:x:AAAA", "sealed:v2" + sealed,
      String(sealed.dropLast(4)),
    ] {
      XCTAssertThrowsError(try sealer.open(text, in: place), text) {
        XCTAssertEqual(($0 as? StoreError)?.code, .corrupted, text)
      }
    }
  }
}
