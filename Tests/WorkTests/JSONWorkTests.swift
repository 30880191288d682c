import JobMessages
import MessageJSON
import ProtobufWire
import XCTest

/// The risk: a text whose reading or writing takes more than a constant time for each of its bytes.
final class JSONWorkTests: WorkTestCase {
  private static let counts = [10, 100, 1_000]

  /// Counts the work of reading texts of several sizes.
  private func checkReading(
    _ type: any Message.Type = JobParameters.self, isValid: Bool = true, line: UInt = #line,
    _ text: (Int) -> String
  ) {
    let works = Self.counts.map { count in
      let json = Array(text(count).utf8)
      return Work.counting(inputBytes: json.count) {
        do {
          _ = try type.init(jsonBytes: json)
          XCTAssertTrue(isValid, line: line)
        } catch {
          XCTAssertFalse(isValid, "\(error)", line: line)
        }
      }
    }
    assertLinear(works, text(2), line: line)
  }

  func testEveryFieldWithManyValues() throws {
    for type in MessageRegistry.all {
      for path in FieldPath.all(from: type) {
        var reading: [Work] = []
        var writing: [Work] = []
        for count in Self.counts {
          let encoding = (0..<count).flatMap { path.piece($0) + path.other($0) }
          let message = try type.init(serializedBytes: encoding)
          // Not every `Any` can be written.
          guard let json = try? message.jsonBytes() else { break }
          writing.append(try Work.counting(inputBytes: json.count) { _ = try message.jsonBytes() })
          reading.append(
            try Work.counting(inputBytes: json.count) { _ = try type.init(jsonBytes: json) })
        }
        assertLinear(writing, "writing \(path)")
        assertLinear(reading, "reading \(path)")
      }
    }
  }

  func testLongTokens() {
    checkReading { "{\"cmd\": \"\(String(repeating: "\\u00e9\\n", count: $0))\"}" }
    checkReading { "{\"cmd\":\(String(repeating: " \n", count: $0))\"x\"}" }
    checkReading {
      "{\"inputFiles\": [{\"sizeBytes\": 1\(String(repeating: "0", count: $0))e-\($0)}]}"
    }
    checkReading(isValid: false) { "{\"\(String(repeating: "x", count: $0))\": 1}" }
    checkReading(isValid: false) { "{\"cmd\": \"\(String(repeating: "\n\u{1}", count: $0))" }
    checkReading(LogMessage.self) { "{\"content\": \"\(String(repeating: "AAAA", count: $0))\"}" }
  }

  func testAnysNestedToTheLimit() {
    let name = "x/\(ProtobufAny.fullName)"
    for depth in [1, 40] {
      checkReading(ProtobufAny.self) { count in
        let many = (0..<count).map { "\"variable number \($0)\": \"value\"" }.joined(separator: ",")
        let environment = """
          {"vars": {\(many)}, "@type": "x/yandex.cloud.datasphere.v2.jobs.Environment"}
          """
        return (0..<depth).reduce(environment) { inner, _ in
          "{\"value\": \(inner), \"@type\": \"\(name)\"}"
        }
      }
    }
  }

  func testLookingAheadInNestedAnysLooksAtNothingTwice() {
    let name = "x/\(ProtobufAny.fullName)"
    let payload = String(repeating: "\\n", count: 50_000)
    let works = [2, 45].map { depth in
      let text = (0..<depth).reduce(
        "{\"cmd\": \"\(payload)\", \"@type\": \"x/\(JobParameters.fullName)\"}"
      ) { inner, _ in "{\"value\": \(inner), \"@type\": \"\(name)\"}" }
      return Work.counting(inputBytes: text.utf8.count) {
        XCTAssertNotNil(try? ProtobufAny(json: text))
      }
    }
    // What is left is one copy of the bytes for each level.
    XCTAssertLessThan(works[1].units, 5 * works[0].units, "\(works.map(\.units))")
  }
}
