import JobMessages
import MessageJSON
import ProtobufWire
import XCTest

/// The risk: JSON that proto3 allows is refused, or read as something else.
final class ReadingTests: XCTestCase {
  private func assertRead<M: Message>(
    _ json: String, _ expected: M, options: JSONOptions = .init(), line: UInt = #line
  ) {
    XCTAssertEqual(try M(json: json, options: options), expected, json, line: line)
  }

  func testNamesInEitherSpelling() {
    let request = CreateProjectJobRequest.with {
      $0.projectID = "p"
      $0.jobParameters = .with { $0.cmd = "c" }
    }
    assertRead(#"{"projectId":"p","jobParameters":{"cmd":"c"}}"#, request)
    assertRead(#"{"job_parameters":{"cmd":"c"},"project_id":"p"}"#, request)
    assertRead(#"{"\u0070roject\u005fid":"p","job_parameters":{"cmd":"c"}}"#, request)
  }

  func testNumbersInEveryForm() {
    for text in [
      "100", "\"100\"", "1e2", "1E+2", "100.0", "1000e-1", "\"1.0e2\"", "10000e-2", "0.1e3",
    ] {
      assertRead(#"{"returnCode":\#(text)}"#, JobResult.with { $0.returnCode = 100 })
      assertRead(#"{"code":\#(text)}"#, GoogleRPCStatus.with { $0.code = 100 })
    }
    for (text, value) in [
      ("9223372036854775807", .max), ("-9223372036854775808", .min),
      ("9007199254740993", 1 << 53 + 1),
      ("\"9007199254740993.0\"", 1 << 53 + 1), ("-0", 0), ("0e999999999999999999999", 0),
      ("0.0000000001e10", 1),
    ] as [(String, Int64)] {
      assertRead(#"{"returnCode":\#(text)}"#, JobResult.with { $0.returnCode = value })
    }
  }

  func testEnumsByNameAndNumber() {
    for text in ["\"SUCCESS\"", "4", "\"4\"", "4.0", "40e-1"] {
      assertRead(#"{"status":\#(text)}"#, Job.with { $0.status = .init(rawValue: 4) })
    }
    assertRead(#"{"status":-77}"#, Job.with { $0.status = .init(rawValue: -77) })
  }

  func testBase64InEveryForm() {
    for (text, bytes) in [
      ("", []), ("+w==", [0xfb]), ("-w", [0xfb]), ("+/8=", [0xfb, 0xff]), ("-_8", [0xfb, 0xff]),
      ("-_-_", [0xfb, 0xff, 0xbf]), ("AAAAAA", [0, 0, 0, 0]),
    ] as [(String, [UInt8])] {
      assertRead("{\"content\":\"\(text)\"}", StdLog.with { $0.content = bytes })
    }
  }

  func testEscapes() {
    assertRead(
      #"{"value":"\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\uDE42\u0000"}"#,
      Argument.with { $0.value = "\"\\/\u{8}\u{c}\n\r\tAé🙂\u{0}" })
  }

  func testNullIsUnset() {
    assertRead(
      #"{"id":null,"createdAt":null,"status":null,"outputFiles":null,"dataCleared":null}"#, Job())
    assertRead(
      #"{"vars":null,"dockerImageSpec":null,"dockerImageResourceId":"d"}"#,
      Environment.with { $0.dockerImageResourceID = "d" })
  }

  func testPresenceSurvives() {
    assertRead(#"{"futureQuotaValue":0}"#, QuotaFailure.Violation.with { $0.futureQuotaValue = 0 })
    assertRead(#"{"filePath":""}"#, LogMessage.with { $0.filePath = "" })
    assertRead(#"{"pythonEnv":{}}"#, Environment.with { $0.pythonEnv = .init() })
    assertRead(#"{"metadata":{}}"#, LongRunningOperation.with { $0.metadata = .init() })
  }

  func testMapsKeepKeysThatLookTheSame() throws {
    let environment = try Environment(json: #"{"vars":{"é":"1","e\u0301":"2","":"3"}}"#)
    XCTAssertEqual(environment.vars.count, 3)
  }

  func testWhiteSpace() {
    assertRead(
      " \t\r\n{ \"name\" : \"a\" ,\n\"value\":\t\"b\" } \n", Argument(name: "a", value: "b"))
    assertRead("{\"s3MountIds\" : [ ] }", JobParameters())
  }

  func testUnknownCanBeIgnored() {
    let options = JSONOptions(ignoresUnknownFields: true)
    let json = #"{"x":{"y":[1,-2.5e3,{"z":null}],"é":true},"id":"j","status":"NO_SUCH","":""}"#
    assertRead(json, Job.with { $0.id = "j" }, options: options)
    assertRead(
      #"{"@type":"t/google.protobuf.Duration","x":[{}],"value":"1s"}"#,
      ProtobufAny(typeURL: "t/google.protobuf.Duration", value: [8, 1]), options: options)
    for json in [
      #"{"x":}"#, #"{"x":[1,]}"#, #"{"x":{"a":1,"a":1}}"#, #"{"x":"\ud800"}"#, #"{"x":01}"#,
    ] {
      XCTAssertThrowsError(try Job(json: json, options: options), json)
    }
  }
}
