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
    XCTAssertFalse(dumped(spec.password as Any).contains("hunter2"))
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

  func testADumpHidesBothWhereverTheyAreNested() {
    let environment = Environment.with { $0.dockerImage = .spec(spec) }
    let job = Job.with { $0.jobParameters = .with { $0.env = environment } }
    for value: Any in [job, [job], environment.dockerImage as Any, ["key": spec]] {
      let text = dumped(value)
      XCTAssertFalse(text.contains("hunter2"), text)
      XCTAssertTrue(text.contains("cr.example/image"), text)
    }
    let response = CloneProjectJobResponse(
      jobID: "job", uploadFiles: [.init(file: File(), url: "https://x/?signature=s")])
    for value: Any in [response, response.uploadFiles] {
      XCTAssertFalse(dumped(value).contains("signature"), dumped(value))
    }
  }

  private func dumped(_ value: Any) -> String {
    var text = ""
    dump(value, to: &text)
    return text
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
