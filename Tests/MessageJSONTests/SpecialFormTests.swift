import Foundation
import JobMessages
import MessageJSON
import ProtobufWire
import TestSupport
import XCTest

/// The risk: a time, a length of time or an `Any` in another form than proto3 lays down.
final class SpecialFormTests: XCTestCase {
  func testDurations() throws {
    for (seconds, nanos, text) in [
      (0, 0, "0s"), (1, 0, "1s"), (1, 500_000_000, "1.500s"), (0, 1, "0.000000001s"),
      (0, 1_000, "0.000001s"), (0, 10_000_000, "0.010s"), (-1, -500_000_000, "-1.500s"),
      (0, -500_000_000, "-0.500s"), (315_576_000_000, 999_999_999, "315576000000.999999999s"),
      (-315_576_000_000, 0, "-315576000000s"),
    ] as [(Int64, Int32, String)] {
      let duration = ProtobufDuration(seconds: seconds, nanos: nanos)
      XCTAssertEqual(try duration.jsonString(), "\"\(text)\"")
      XCTAssertEqual(try ProtobufDuration(json: "\"\(text)\""), duration)
    }
    XCTAssertEqual(try ProtobufDuration(json: #""1.5s""#), .init(seconds: 1, nanos: 500_000_000))
    XCTAssertEqual(try ProtobufDuration(json: #""-0s""#), .init(seconds: 0))
  }

  func testTimestamps() throws {
    for (seconds, nanos, text) in [
      (0, 0, "1970-01-01T00:00:00Z"), (-1, 999_999_999, "1969-12-31T23:59:59.999999999Z"),
      (951_782_400, 0, "2000-02-29T00:00:00Z"), (4_107_542_400, 0, "2100-03-01T00:00:00Z"),
      (-62_135_596_800, 0, "0001-01-01T00:00:00Z"),
      (253_402_300_799, 1_000, "9999-12-31T23:59:59.000001Z"),
      (1_738_367_999, 120_000_000, "2025-01-31T23:59:59.120Z"),
    ] as [(Int64, Int32, String)] {
      let time = ProtobufTimestamp(seconds: seconds, nanos: nanos)
      XCTAssertEqual(try time.jsonString(), "\"\(text)\"")
      XCTAssertEqual(try ProtobufTimestamp(json: "\"\(text)\""), time)
    }
  }

  func testTimestampsWithOffsets() throws {
    for text in [
      "2025-01-31T23:59:59.5Z", "2025-02-01T01:29:59.5+01:30", "2025-01-31T15:59:59.50-08:00",
      "2025-01-31T23:59:59.500000000+00:00", "2025-01-31T00:00:59.5-23:59",
    ] {
      XCTAssertEqual(
        try ProtobufTimestamp(json: "\"\(text)\""),
        .init(seconds: 1_738_367_999, nanos: 500_000_000), text)
    }
  }

  func testDatesAgreeWithFoundation() throws {
    let style = Date.ISO8601FormatStyle()
    var random = SeededGenerator(seed: 1)
    for _ in 0..<2_000 {
      // From 1600 on, since Foundation's calendar is the Julian one before.
      let seconds = Int64.random(in: -11_676_096_000...253_402_300_799, using: &random)
      let text = Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(style)
      XCTAssertEqual(try ProtobufTimestamp(seconds: seconds).jsonString(), "\"\(text)\"")
    }
  }

  func testWhatIsNotValidIsNotWritten() {
    for (seconds, nanos) in [
      (315_576_000_001, 0), (-315_576_000_001, 0), (0, 1_000_000_000), (0, -1_000_000_000),
      (1, -1), (-1, 1), (.max, 0), (.min, .min),
    ] as [(Int64, Int32)] {
      let request = CreateProjectJobRequest.with {
        $0.dataTtl = .init(seconds: seconds, nanos: nanos)
      }
      XCTAssertThrowsError(try request.jsonString()) { error in
        XCTAssertEqual("\(error)", "dataTtl: not a valid duration")
      }
    }
    for (seconds, nanos) in [
      (-62_135_596_801, 0), (253_402_300_800, 0), (0, -1), (0, 1_000_000_000), (.min, 0), (.max, 0),
    ] as [(Int64, Int32)] {
      let list = ListProjectJobResponse.with {
        $0.jobs = [Job(), .with { $0.createdAt = .init(seconds: seconds, nanos: nanos) }]
      }
      XCTAssertThrowsError(try list.jsonString()) { error in
        XCTAssertEqual("\(error)", "jobs[1].createdAt: not a valid time")
      }
    }
  }

  func testInt64Value() throws {
    let limits = Project.Limits.with { $0.maxUnitsPerHour = .init(value: 5) }
    XCTAssertEqual(try limits.jsonString(), #"{"maxUnitsPerHour":"5"}"#)
    XCTAssertEqual(try Project.Limits(json: #"{"maxUnitsPerHour":5}"#), limits)
    XCTAssertEqual(try Project.Limits(json: #"{"maxUnitsPerHour":null}"#), .init())
    XCTAssertEqual(try Project.Limits(json: #"{"maxUnitsPerHour":0}"#).maxUnitsPerHour, .init())
    XCTAssertThrowsError(try ProtobufInt64Value(json: "null"))
  }
}
