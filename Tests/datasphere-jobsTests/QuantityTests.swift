import XCTest

@testable import datasphere_jobs

final class QuantityTests: XCTestCase {
  func testDurations() {
    let cases: [(String, Duration?)] = [
      ("500ms", .milliseconds(500)), ("30s", .seconds(30)), ("15m", .seconds(900)),
      ("24h", .seconds(86_400)), ("14d", .seconds(14 * 86_400)),
      ("", nil), ("5", nil), ("s", nil), ("0s", nil), ("-5s", nil), ("+5s", nil), ("1.5h", nil),
      ("5 s", nil), ("5S", nil), ("5w", nil), ("9223372036854775807d", nil),
      ("99999999999999999999s", nil), ("\u{665}s", nil), ("5\u{301}s", nil),
    ]
    for (text, duration) in cases { XCTAssertEqual(Quantity.duration(text), duration, text) }
  }

  func testWhatIsWrittenIsReadAgain() {
    let durations = ["1ms", "500ms", "1s", "90s", "15m", "25h", "14d", "36500d"]
    for text in durations { XCTAssertEqual(Quantity.duration(text).map(Quantity.text), text) }
    for text in ["1B", "1500B", "64KiB", "4MiB", "5GiB", "1024TiB"] {
      XCTAssertEqual(Quantity.bytes(text).map { Quantity.text(bytes: $0) }, text)
    }
  }

  func testSizes() {
    let cases: [(String, Int64?)] = [
      ("512B", 512), ("64KiB", 65_536), ("4MiB", 4 << 20), ("5GiB", 5 << 30), ("1TiB", 1 << 40),
      ("4", nil), ("4MB", nil), ("4mib", nil), ("0B", nil), ("9223372036854775807KiB", nil),
    ]
    for (text, bytes) in cases { XCTAssertEqual(Quantity.bytes(text), bytes, text) }
  }
}
