import JobMessages
import MessageJSON
import ProtobufWire
import XCTest

/// The risk: input that is wrong passes, traps, or is refused without saying where.
final class RefusalTests: XCTestCase {
  private func reason<M: Message>(_: M.Type, _ json: String) -> JSONError.Reason? {
    do throws(JSONError) {
      _ = try M(json: json)
      return nil
    } catch {
      return error.reason
    }
  }

  func testTextThatIsNotJSON() {
    for json in [
      "", " ", "{", "{\"", "{\"name", "{\"name\"", "{\"name\":\"a", "{\"name\":\"a\"",
      "{\"name\":\"a\",", "{\"name\":\"a\",}", "{,}", "{name:\"a\"}", "{'name':\"a\"}",
      "{\"name\" \"a\"}",
      "{\"name\":\"a\"}}", "{\"name\":\"a\"} x", "{} {}", "{\"name\":\"a\" \"value\":\"b\"}",
      "{\"name\":\"\n\"}",
      "{\"name\":\"\\x\"}", "{\"name\":\"\\", "{\"name\":\"\\u", "{\"name\":\"\\u12\"}",
      "{\"name\":\"\\u+123\"}",
      "{\"name\":\"\\ud800\"}", "{\"name\":\"\\udc00\"}", "{\"name\":\"\\ud800\\ud800\"}",
      "{\"name\":\"\\ud800\\n\"}", "\u{feff}{}", "{\"name\":\"a\u{0}\"}", "/**/{}", "{}\u{0}",
      "{1:2}",
    ] {
      guard case .syntax? = reason(Argument.self, json) else {
        // An empty text ends before there is an object to miss.
        XCTAssertEqual(reason(Argument.self, json), .wrongType(expected: "an object"), json)
        XCTAssertNotEqual(json.first, "{", json)
        continue
      }
    }
  }

  func testListsThatAreNotJSON() {
    for list in [
      "[", "[]]", "[\"a\"", "[\"a\",]", "[,\"a\"]", "[\"a\" \"b\"]", "[\"a\",,\"b\"]", "[}",
    ] {
      XCTAssertThrowsError(try JobParameters(json: "{\"s3MountIds\":\(list)}"), list)
    }
  }

  func testNumbers() {
    for (text, expected) in [
      ("9223372036854775808", .outOfRange("int64")), ("-9223372036854775809", .outOfRange("int64")),
      ("1.5", .outOfRange("int64")), ("1e-1", .outOfRange("int64")), ("1e19", .outOfRange("int64")),
      ("1e400", .outOfRange("int64")), ("1e-99999999999999999999", .outOfRange("int64")),
      ("1.00000000000000000000001", .outOfRange("int64")),
      ("true", .wrongType(expected: "a number")), ("{}", .wrongType(expected: "a number")),
      ("[1]", .wrongType(expected: "a number")), ("NaN", .wrongType(expected: "a number")),
      ("+1", .wrongType(expected: "a number")), (".5", .wrongType(expected: "a number")),
      ("01", .syntax(expected: "a value")), ("1.", .syntax(expected: "a value")),
      ("-", .syntax(expected: "a value")), ("1e", .syntax(expected: "a value")),
      ("1e+", .syntax(expected: "a value")), ("--1", .syntax(expected: "a value")),
      ("1-1", .syntax(expected: "a value")), ("-Infinity", .syntax(expected: "a value")),
      ("0x10", .syntax(expected: "',' or '}'")),
      ("\"\"", .malformed("a number")), ("\" 1\"", .malformed("a number")),
      ("\"1 \"", .malformed("a number")), ("\"0x1\"", .malformed("a number")),
      ("\"1,0\"", .malformed("a number")), ("\"01\"", .malformed("a number")),
      ("\"+1\"", .malformed("a number")), ("\"1_0\"", .malformed("a number")),
      ("\"١\"", .malformed("a number")), ("\"NaN\"", .malformed("a number")),
      ("\"1.5\"", .outOfRange("int64")),
    ] as [(String, JSONError.Reason)] {
      XCTAssertEqual(reason(JobResult.self, "{\"returnCode\":\(text)}"), expected, text)
    }
    for text in ["2147483648", "-2147483649", "\"2147483648\"", "0.5"] {
      XCTAssertEqual(reason(GoogleRPCStatus.self, "{\"code\":\(text)}"), .outOfRange("int32"), text)
    }
  }

  func testValuesOfAnotherKind() {
    for (field, values) in [
      ("id", ["1", "true", "{}", "[]", "[\"a\"]"]),
      ("dataCleared", ["0", "1", "\"true\"", "{}", "TRUE"]),
      ("status", ["true", "{}", "[]", "\"success\"", "\"\"", "1.5", "2147483648", "\"\u{212a}\""]),
      ("jobParameters", ["[]", "\"\"", "0", "true"]),
      ("outputFiles", ["{}", "\"\"", "[null]", "[[]]"]),
      ("createdAt", ["0", "{}", "\"\"", "{\"seconds\":1}"]),
    ] {
      for value in values {
        XCTAssertNotNil(reason(Job.self, "{\"\(field)\":\(value)}"), "\(field): \(value)")
      }
    }
    for value in [
      "[]", "\"\"", "{\"a\":1}", "{\"a\":null}", "{\"a\":[]}", "{\"a\":\"b\",\"a\":\"c\"}",
    ] {
      XCTAssertNotNil(reason(Environment.self, "{\"vars\":\(value)}"), value)
    }
    for value in ["!", "YQ=", "YQ===", "Y", "YWJj=", "====", "YQ==YQ==", "Y Q", "YQ\\n", "é", "="] {
      let expected = JSONError.Reason.malformed("base64")
      XCTAssertEqual(reason(StdLog.self, "{\"content\":\"\(value)\"}"), expected, value)
    }
    for type in MessageRegistry.all {
      for json in ["null", "[]", "true", "0"] {
        // The one type that is a number in JSON.
        if json == "0", type == ProtobufInt64Value.self { continue }
        XCTAssertNotNil(reason(type, json), "\(type): \(json)")
      }
    }
  }

  func testDurationsAndTimes() {
    for text in [
      "", "s", "1", "1S", "-s", "+1s", "1.s", ".5s", "1.0000000000s", "1e3s", " 1s", "1s ",
      "1.5.5s", "1_0s",
      "--1s", "315576000001s", "-315576000001s", "99999999999999999999s", "0x1s", "١s",
    ] {
      XCTAssertNotNil(reason(ProtobufDuration.self, "\"\(text)\""), text)
    }
    for text in [
      "", "Z", "2025-01-31", "2025-01-31T23:59:59", "2025-01-31t23:59:59Z", "2025-01-31T23:59:59z",
      "2025-01-31 23:59:59Z", "2025-1-31T23:59:59Z", "2025-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
      "2025-00-01T00:00:00Z", "2025-13-01T00:00:00Z", "2025-04-31T00:00:00Z",
      "2025-01-00T00:00:00Z",
      "2025-01-01T24:00:00Z", "2025-01-01T00:60:00Z", "2025-01-01T23:59:60Z",
      "0000-12-31T23:59:59Z",
      "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "10000-01-01T00:00:00Z",
      "2025-01-31T23:59:59.Z", "2025-01-31T23:59:59.1234567890Z", "2025-01-31T23:59:59Zx",
      "2025-01-31T23:59:59+0100", "2025-01-31T23:59:59+1:00", "2025-01-31T23:59:59+24:00",
      "2025-01-31T23:59:59+00:60", "2025-01-31T23:59:59+", "-001-01-01T00:00:00Z",
      "2025-01-31T23:59:5٩Z",
    ] {
      XCTAssertNotNil(reason(ProtobufTimestamp.self, "\"\(text)\""), text)
    }
  }

  func testWhatComesTwice() {
    XCTAssertEqual(reason(Job.self, #"{"id":"a","id":"a"}"#), .duplicate)
    XCTAssertEqual(reason(Job.self, #"{"id":"a","\u0069d":null}"#), .duplicate)
    XCTAssertEqual(reason(Job.self, #"{"createdAt":null,"created_at":null}"#), .duplicate)
    XCTAssertEqual(
      reason(Environment.self, #"{"dockerImageResourceId":"a","dockerImageSpec":{}}"#),
      .oneofSetTwice("docker_image"))
  }

  func testInvalidUTF8() {
    for bytes in [
      [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82],
    ] as [[UInt8]] {
      let json = Array("{\"name\":\"a\n".utf8) + bytes + Array("\"}".utf8)
      XCTAssertThrowsError(try Argument(jsonBytes: json)) { error in
        XCTAssertEqual("\(error)", "line 2, column 1: the text is not valid UTF-8")
      }
    }
  }

  func testErrorsSayWhere() {
    for (json, text) in [
      (
        "{\"jobParameters\":\n  {\"inputFiles\": [{}, {}, {\"desc\": {\"path\":\"é\", \"size\": 1}}]}}",
        "line 2, column 57: jobParameters.inputFiles[2].desc.size: there is no such field"
      ),
      (
        "{\"jobParameters\":{\"env\":{\"vars\":{\"A\\nB\":1}}}}",
        "line 1, column 41: jobParameters.env.vars[\"A\\nB\"]: expected a string"
      ),
      ("{\"data_ttl\":\"1\"}", "line 1, column 13: dataTtl: not a duration, such as \"1.5s\""),
      ("[]", "line 1, column 1: expected an object"),
    ] {
      XCTAssertThrowsError(try CreateProjectJobRequest(json: json)) { error in
        XCTAssertEqual("\(error)", text)
      }
    }
  }

  func testErrorsDoNotShowValues() {
    let json = #"{"imageUrl":"i","passwordPlainText":"hunter2","passwordDsSecretName":"x"}"#
    XCTAssertThrowsError(try DockerImageSpec(json: json)) { error in
      XCTAssertFalse("\(error)".contains("hunter2"))
    }
    let name = String(repeating: "x", count: 1_000)
    XCTAssertThrowsError(try Job(json: "{\"\(name)\":1}")) { error in
      XCTAssertLessThan("\(error)".count, 200)
    }
  }
}
