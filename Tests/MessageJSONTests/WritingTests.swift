import JobMessages
import MessageJSON
import ProtobufWire
import XCTest

/// The risk: JSON in another form than proto3 lays down.
final class WritingTests: XCTestCase {
  private func assertJSON(
    _ message: some Message, _ expected: String, options: JSONOptions = .init(),
    line: UInt = #line
  ) {
    XCTAssertEqual(try message.jsonString(options: options), expected, line: line)
  }

  func testNamesAreCamelCased() {
    assertJSON(GetProjectJobRequest.with { $0.jobID = "j" }, #"{"jobId":"j"}"#)
    assertJSON(
      JobParameters.with {
        $0.s3MountIds = ["a"]
        $0.attachProjectDisk = true
      }, #"{"s3MountIds":["a"],"attachProjectDisk":true}"#)
    assertJSON(
      GetProjectJobRequest.with { $0.jobID = "j" }, #"{"job_id":"j"}"#,
      options: .init(preservesFieldNames: true))
  }

  func testDefaultsAreLeftOut() {
    assertJSON(Job(), "{}")
    assertJSON(ProtobufEmpty(), "{}")
    assertJSON(
      ExtendedWorkingStorage(), #"{"type":"STORAGE_TYPE_UNSPECIFIED","sizeGb":"0"}"#,
      options: .init(includesDefaults: true))
    assertJSON(
      PythonEnv(), #"{"condaYaml":"","localModules":[],"pythonVersion":"","requirements":[]}"#,
      options: .init(includesDefaults: true))
  }

  func testPresenceIsShown() {
    assertJSON(Environment.with { $0.dockerImageResourceID = "" }, #"{"dockerImageResourceId":""}"#)
    assertJSON(Environment.with { $0.dockerImageSpec = .init() }, #"{"dockerImageSpec":{}}"#)
    assertJSON(
      QuotaFailure.Violation.with { $0.futureQuotaValue = 0 }, #"{"futureQuotaValue":"0"}"#)
    assertJSON(
      LogMessage.with { $0.standardStream = .init(rawValue: 0) },
      #"{"standardStream":"STANDARD_STREAM_UNSPECIFIED"}"#)
  }

  func testNumbers() {
    assertJSON(JobResult.with { $0.returnCode = .min }, #"{"returnCode":"-9223372036854775808"}"#)
    assertJSON(GoogleRPCStatus.with { $0.code = -5 }, #"{"code":-5}"#)
    assertJSON(
      ExtensionNumberResponse<ReflectionV1>.with { $0.extensionNumber = [0, -1] },
      #"{"extensionNumber":[0,-1]}"#)
  }

  func testEnumsByNameAndUnknownOnesByNumber() {
    assertJSON(Job.with { $0.status = .init(rawValue: 3) }, #"{"status":"UPLOADING_OUTPUT"}"#)
    assertJSON(Job.with { $0.status = .init(rawValue: 77) }, #"{"status":77}"#)
  }

  func testBytes() {
    for (bytes, text) in [
      ([0xfb], "+w=="), ([0xfb, 0xff], "+/8="), ([0xfb, 0xff, 0xfe], "+//+"),
      ([0, 0, 0, 0], "AAAAAA=="),
    ] as [([UInt8], String)] {
      assertJSON(StdLog.with { $0.content = bytes }, "{\"content\":\"\(text)\"}")
    }
  }

  func testEscapes() {
    assertJSON(
      Argument.with { $0.value = "\"\\/\u{8}\u{c}\n\r\t\u{0}\u{1f}\u{7f}é🙂\u{2028}" },
      #"{"value":"\"\\/\b\f\n\r\t\u0000\u001f"# + "\u{7f}é🙂\u{2028}\"}")
  }

  func testMapsAreSortedByKey() {
    assertJSON(
      Environment.with { $0.vars = ["b": "1", "ab": "2", "a": "3", "é": "", "\"": "4"] },
      #"{"vars":{"\"":"4","a":"3","ab":"2","b":"1","é":""}}"#)
  }

  func testPretty() {
    let environment = Environment.with {
      $0.vars = ["A": "1"]
      $0.dockerImageSpec = .init()
      $0.pythonEnv = .with { $0.requirements = ["x", "y"] }
    }
    assertJSON(
      environment,
      """
      {
        "vars": {
          "A": "1"
        },
        "dockerImageSpec": {},
        "pythonEnv": {
          "requirements": [
            "x",
            "y"
          ]
        }
      }
      """, options: .init(isPretty: true))
    assertJSON(ProtobufEmpty(), "{}", options: .init(isPretty: true))
  }

  func testSecretsAreShownUnlessRedacted() {
    let spec = DockerImageSpec.with {
      $0.username = "u"
      $0.passwordPlainText = "hunter2"
    }
    assertJSON(spec, #"{"username":"u","passwordPlainText":"hunter2"}"#)
    let redacted = #"{"username":"u","passwordPlainText":"<redacted>"}"#
    assertJSON(spec, redacted, options: .init(redactsSecrets: true))
    assertJSON(
      StorageFile.with { $0.url = "http://secret" }, #"{"url":"<redacted>"}"#,
      options: .init(redactsSecrets: true))
    assertJSON(
      ProtobufAny(packing: spec),
      #"{"@type":"type.googleapis.com/yandex.cloud.datasphere.v2.jobs.DockerImageSpec","#
        + redacted.dropFirst(), options: .init(redactsSecrets: true))
  }

  func testUnknownFieldsAreLeftOut() throws {
    assertJSON(try Argument(serializedBytes: [0x0a, 1, 0x61, 0x98, 0x06, 1]), #"{"name":"a"}"#)
  }
}
