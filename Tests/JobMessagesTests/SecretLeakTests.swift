import JobMessages
import ProtobufWire
import XCTest

/// The risk: a password or a presigned URL in a log.
final class SecretLeakTests: XCTestCase {
  private let spec = DockerImageSpec.with {
    $0.imageURL = "cr.example/image"
    $0.password = .plainText("hunter2")
  }

  func testDescriptionsHideAPassword() {
    let request = CloneProjectJobRequest.with {
      $0.jobParametersOverrides = .with { $0.env = .with { $0.dockerImage = .spec(spec) } }
    }
    for text in ["\(request)", String(reflecting: request), "\(Optional(request) as Any)"] {
      XCTAssertFalse(text.contains("hunter2"), text)
      XCTAssertTrue(text.contains("password_plain_text: \"<redacted>\""), text)
      XCTAssertTrue(text.contains("cr.example/image"), text)
    }
  }

  func testTheOneofItselfHidesAPassword() {
    XCTAssertFalse("\(spec.password as Any)".contains("hunter2"))
    XCTAssertFalse(String(reflecting: spec.password).contains("hunter2"))
    let named = DockerImageSpec.Password.dsSecretName("registry")
    XCTAssertTrue("\(named)".contains("registry"))
  }

  func testDescriptionsHideAPresignedURL() {
    let response = CloneProjectJobResponse(
      jobID: "job",
      uploadFiles: [.init(file: .init(desc: .init(path: "a")), url: "https://x/?signature=s")])
    XCTAssertFalse("\(response)".contains("signature"))
    XCTAssertTrue("\(response)".contains("url: \"<redacted>\""))
  }

  func testAnOperationShowsNothingOfAPackedMessage() {
    let response = CloneProjectJobResponse(
      jobID: "job", uploadFiles: [.init(file: File(), url: "https://x/?signature=s")])
    let operation = LongRunningOperation.with { $0.result = .response(.init(packing: response)) }
    XCTAssertFalse("\(operation)".contains("signature"))
  }

  func testEveryFieldMeantToBeSecretIsMarked() {
    let secrets = MessageRegistry.all.flatMap { type in
      type.fieldSchemas.filter(\.isSecret).map { "\(type.fullName).\($0.name)" }
    }
    XCTAssertEqual(
      Set(secrets),
      [
        "yandex.cloud.datasphere.v2.jobs.DockerImageSpec.password_plain_text",
        "yandex.cloud.datasphere.v2.jobs.StorageFile.url",
      ])
  }
}
