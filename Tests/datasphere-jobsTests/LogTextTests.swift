import XCTest

@testable import datasphere_jobs

final class LogTextTests: XCTestCase {
  func testWhatSteersATerminalIsEscapedAndLinesStay() {
    var text = LogText()
    let log = "done\t5 %\r\n\u{1B}[2J\u{9B}31m\u{202E}é 👩‍💻\n"
    XCTAssertEqual(
      text.text(of: Array(log.utf8)),
      "done\t5 %\r\n\\u001b[2J\\u009b31m\\u202eé 👩‍💻\n")
    XCTAssertEqual(text.remainder(), "")
  }

  func testPiecesMayEndWithinACharacter() {
    let log = Array("a\u{9B}é\u{202E}名\u{10000}👩‍💻\n".utf8)
    for length in 1...5 {
      var text = LogText()
      var shown = ""
      for start in stride(from: 0, to: log.count, by: length) {
        shown += text.text(of: Array(log[start...].prefix(length)))
      }
      XCTAssertEqual(shown + text.remainder(), "a\\u009bé\\u202e名\u{10000}👩‍💻\n")
    }
  }

  func testWhatIsNoTextIsShownAsSuch() {
    var text = LogText()
    XCTAssertEqual(text.text(of: [0x61, 0xFF, 0x80, 0x62]), "a\u{FFFD}\u{FFFD}b")
    XCTAssertEqual(text.text(of: [0xE5, 0x90]), "")
    XCTAssertEqual(text.text(of: [0x61]), "\u{FFFD}a")
    XCTAssertEqual(text.text(of: [0xE5]), "")
    XCTAssertEqual(text.remainder(), "\u{FFFD}")
  }
}
