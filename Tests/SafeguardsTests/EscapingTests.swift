import XCTest

@testable import Safeguards

final class EscapingTests: XCTestCase {
  func testWhatCouldDoHarmIsEscapedAndNothingElse() {
    let cases = [
      ("plain text, \"quotes\" and \\", "plain text, \"quotes\" and \\"),
      ("one\ntwo\r\tthree", "one\\ntwo\\r\\tthree"), ("\u{1B}[31m", "\\u001b[31m"),
      ("\0\u{7F}", "\\u0000\\u007f"), ("\u{9B}31m", "\\u009b31m"),
      ("a\u{202E}b\u{2066}c\u{200F}\u{61C}", "a\\u202eb\\u2066c\\u200f\\u061c"),
      ("\u{2028}\u{2029}\u{FEFF}\u{200B}", "\\u2028\\u2029\\ufeff\\u200b"),
      ("\u{E0041}", "\\U000e0041"), ("", ""),
      // What people write stays as it is: joiners, other scripts, combining characters, emoji.
      ("\u{646}\u{645}\u{6CC}\u{200C}\u{62E}", "\u{646}\u{645}\u{6CC}\u{200C}\u{62E}"),
      ("имя, 名前, e\u{301}, 👩‍💻", "имя, 名前, e\u{301}, 👩‍💻"),
    ]
    for (text, expected) in cases {
      XCTAssertEqual(escaped(text), expected)
      XCTAssertEqual(escaped(expected), expected, "again is no change")
    }
  }

  func testTheLengthIsBounded() {
    XCTAssertEqual(escaped("abcdef", limit: 6), "abcdef")
    XCTAssertEqual(escaped("abcdef", limit: 5), "abcde…")
    XCTAssertEqual(escaped("éé\n", limit: 2), "éé…")
    XCTAssertEqual(quoted(String(repeating: "\n", count: 1_000)).utf8.count, 2 + 2 * 128 + 3)
  }

  func testQuotesCannotBeLeft() {
    XCTAssertEqual(quoted(#"a" b\"#), #""a\" b\\""#)
    XCTAssertEqual(quoted("plain"), "\"plain\"")
    XCTAssertEqual(quotedIfUnsafe("a name"), "a name")
    XCTAssertEqual(quotedIfUnsafe("a\nname"), #""a\nname""#)
    XCTAssertEqual(quotedIfUnsafe(#""a\nname""#), #""\"a\\nname\"""#, "no name looks like another")
  }

  func testLinesStayLines() {
    XCTAssertEqual(escapedLines("a\u{1B}\n\nb\u{202E}\n"), "a\\u001b\n\nb\\u202e\n")
  }

  func testJSONStaysTheSameValue() {
    XCTAssertEqual(escapedJSON("{\n \"é\u{9B}\u{E0041}\"}"), "{\n \"é\\u009b\\udb40\\udc41\"}")
  }
}
