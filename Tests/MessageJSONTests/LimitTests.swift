import JobMessages
import MessageJSON
import ProtobufWire
import XCTest

/// The risk: input that makes reading or writing take the stack, the memory or forever.
final class LimitTests: XCTestCase {
  /// An `Any` in an `Any` and so on.
  private func nestedAny(depth: Int) -> String {
    let level = #"{"@type":"t/google.protobuf.Any","value":"#
    return String(repeating: level, count: depth - 1) + "{}"
      + String(repeating: "}", count: depth - 1)
  }

  func testMessagesNestTo100() throws {
    let any = try ProtobufAny(json: nestedAny(depth: 100))
    XCTAssertEqual(try any.jsonString(), nestedAny(depth: 100))
    for depth in [101, 10_000] {
      XCTAssertThrowsError(try ProtobufAny(json: nestedAny(depth: depth))) { error in
        XCTAssertEqual((error as? JSONError)?.reason, .nestingTooDeep)
      }
    }
    let deeper = ProtobufAny(packing: any)
    XCTAssertThrowsError(try deeper.jsonString()) { error in
      XCTAssertEqual((error as? JSONError)?.reason, .nestingTooDeep)
    }
  }

  func testIgnoredValuesNestTo100() {
    let options = JSONOptions(ignoresUnknownFields: true)
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
      for depth in [99, 100, 100_000] {
        let value =
          String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
        let json = "{\"x\":\(value)}"
        XCTAssertEqual((try? Job(json: json, options: options)) != nil, depth < 100, "\(depth)")
      }
    }
  }

  func testLongInputIsReadInLinearTime() throws {
    var sizes: [Int: Duration] = [:]
    for count in [2_000, 20_000] {
      let vars = (0..<count).map { "\"k\($0)\":\"v\"" }.joined(separator: ",")
      let files = (0..<count).map { "{\"desc\":{\"path\":\"\($0)\"}}" }.joined(separator: ",")
      let json = Array("{\"inputFiles\":[\(files)],\"env\":{\"vars\":{\(vars)}}}".utf8)
      let best = try (0..<3).map { _ in
        try ContinuousClock().measure {
          let parameters = try JobParameters(jsonBytes: json)
          XCTAssertEqual(parameters.inputFiles.count, count)
          XCTAssertEqual(parameters.env?.vars.count, count)
        }
      }
      sizes[count] = best.min()
    }
    let short = try XCTUnwrap(sizes[2_000])
    let long = try XCTUnwrap(sizes[20_000])
    XCTAssertLessThan(long, short * 40, "ten times the input took more than ten times as long")
  }

  func testLongNumbers() {
    let zeros = String(repeating: "0", count: 100_000)
    XCTAssertEqual(try JobResult(json: "{\"returnCode\":1\(zeros)e-100000}").returnCode, 1)
    XCTAssertThrowsError(try JobResult(json: "{\"returnCode\":1\(zeros)}"))
    XCTAssertEqual(try JobResult(json: "{\"returnCode\":1e\(zeros)9}").returnCode, 1_000_000_000)
    XCTAssertThrowsError(try JobResult(json: "{\"returnCode\":1e9\(zeros)}"))
    XCTAssertThrowsError(try JobResult(json: "{\"returnCode\":0.\(zeros)1}"))
  }
}
