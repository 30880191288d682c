import ProtobufWire
import TestSupport
import XCTest

/// The risk: a value that does not come back as it went.
final class RoundTripTests: XCTestCase {
  private func assertRoundTrip(
    _ message: AllKinds, bytes: [UInt8]? = nil, file: StaticString = #filePath, line: UInt = #line
  ) throws {
    let encoded = message.serializedBytes()
    XCTAssertEqual(encoded.count, message.serializedSize, file: file, line: line)
    if let bytes { XCTAssertEqual(encoded, bytes, file: file, line: line) }
    XCTAssertEqual(try AllKinds.decoded(encoded), message, file: file, line: line)
  }

  func testAnEmptyMessageIsNoBytes() throws {
    try assertRoundTrip(AllKinds(), bytes: [])
  }

  func testEveryKindAtOnce() throws {
    try assertRoundTrip(
      .with {
        $0.text = "text"
        $0.raw = [0, 255]
        $0.flag = true
        $0.small = -7
        $0.large = 1 << 40
        $0.color = .red
        $0.leaf = .with { $0.name = "leaf" }
        $0.children = [AllKinds(), .with { $0.children = [.with { $0.texts = ["deep"] }] }]
        $0.maybe = 0
        $0.choice = .leaf(.with { $0.size = 3 })
        $0.texts = ["a", "", "b"]
        $0.raws = [[], [1], []]
        $0.numbers = [0, -1, 300]
        $0.map = ["k": "v", "": ""]
        $0.leaves = [Leaf(), .with { $0.size = .min }]
        $0.secret = "s"
      })
  }

  func testIntegersAtTheirEdges() throws {
    for value: Int64 in [1, -1, 127, 128, 16383, 16384, .max, .min, 1 << 31, -1 << 31, 1 << 56] {
      try assertRoundTrip(
        .with { $0.large = value }, bytes: [0x28] + varint(UInt64(bitPattern: value)))
      try assertRoundTrip(.with { $0.maybe = value })
    }
    for value: Int32 in [1, -1, 127, 128, .max, .min] {
      let wide = varint(UInt64(bitPattern: Int64(value)))
      try assertRoundTrip(.with { $0.small = value }, bytes: [0x20] + wide)
      try assertRoundTrip(.with { $0.color = Color(rawValue: value) }, bytes: [0x30] + wide)
      try assertRoundTrip(.with { $0.choice = .color(Color(rawValue: value)) })
      try assertRoundTrip(.with { $0.numbers = [value, 0, value] })
    }
    XCTAssertEqual(varint(UInt64(bitPattern: -1)).count, 10, "a negative int32 takes ten bytes")
  }

  func testStringsOfAllLengthsAndAlphabets() throws {
    let alphabets = ["a", "é", "名", "🙂", "\0", "a\u{301}"]
    for alphabet in alphabets {
      for count in Array(0...34) + [127, 128, 16_384] {
        let text = String(repeating: alphabet, count: count)
        let message = AllKinds.with {
          $0.text = text
          $0.texts = [text, "x", text]
          $0.map = [text: text]
        }
        try assertRoundTrip(message)
        let decoded = try AllKinds.decoded(message.serializedBytes())
        XCTAssertEqual(Array(decoded.text.utf8), Array(text.utf8), "bytes, not canonical equality")
      }
    }
  }

  func testOneByteBeyondASCIIAnywhereIsNoticed() throws {
    for length in 1...40 {
      for position in 0..<length {
        var bytes = [UInt8](repeating: 0x61, count: length)
        bytes[position] = 0xff
        assertRejected(lengthDelimited(1, bytes), .invalidUTF8)
      }
    }
  }

  func testInvalidUnicodeIsRejectedInEveryKindOfString() {
    let invalid: [[UInt8]] = [
      [0x80], [0xc0, 0x80], [0xc3], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80],
      [0xf5, 0x80, 0x80, 0x80], [0xf0, 0x9f, 0x99], [0xff],
    ]
    for bytes in invalid {
      assertRejected(lengthDelimited(1, bytes), .invalidUTF8, at: 2)
      assertRejected(lengthDelimited(10, bytes), .invalidUTF8)
      assertRejected(lengthDelimited(13, bytes), .invalidUTF8)
      assertRejected(lengthDelimited(16, lengthDelimited(1, bytes)), .invalidUTF8)
      assertRejected(lengthDelimited(16, lengthDelimited(2, bytes)), .invalidUTF8)
      XCTAssertNoThrow(try AllKinds(serializedBytes: lengthDelimited(2, bytes)))
      XCTAssertNoThrow(try AllKinds(serializedBytes: lengthDelimited(99, bytes)))
    }
  }

  func testNestedSizesOverOneLengthByte() throws {
    let long = String(repeating: "x", count: 200)
    var message = AllKinds.with { $0.text = long }
    for _ in 0..<20 {
      let inner = message
      message = .with { $0.children = [inner, AllKinds(), inner] }
      if message.serializedSize > 1 << 20 { break }
    }
    try assertRoundTrip(message)
  }

  func testEncodingIntoMemoryOfTheCaller() {
    let message = AllKinds.with { $0.children = [.with { $0.numbers = [1, 2, 3] }] }
    let expected = message.serializedBytes()
    var buffer = [UInt8](repeating: 0xee, count: expected.count + 8)
    buffer.withUnsafeMutableBytes { bytes in
      message.encode { byteCount in
        XCTAssertEqual(byteCount, expected.count)
        return bytes
      }
    }
    XCTAssertEqual(Array(buffer.prefix(expected.count)), expected)
    XCTAssertEqual(Array(buffer.suffix(8)), [UInt8](repeating: 0xee, count: 8))
  }

  /// Copies and checks of text go by steps of 4, 8, 16 and 32 bytes, and lengths by steps of 128.
  func testTextOfEveryLength() throws {
    for count in Array(0...140) + [16_383, 16_384] {
      let ascii = String((0..<count).map { Character(Unicode.Scalar(UInt8(33 + $0 % 90))) })
      try assertRoundTrip(.with { $0.text = ascii })
      try assertRoundTrip(.with { $0.texts = [ascii, "", ascii] })
    }
  }

  /// A list of one element is made in another way than a longer one.
  func testListsOfEveryLengthAndInSeveralRuns() throws {
    for count in 0...5 {
      for text in ["x", String(repeating: "x", count: 200)] {
        let lists = AllKinds.with {
          $0.texts = Array(repeating: text, count: count)
          $0.leaves = Array(repeating: .with { $0.name = text }, count: count)
        }
        try assertRoundTrip(lists)
        var merged = AllKinds.with { $0.text = "first" }
        for _ in 0..<3 { try merged.merge(serializedBytes: lists.serializedBytes()) }
        XCTAssertEqual(merged.texts, Array(repeating: text, count: 3 * count))
        XCTAssertEqual(merged.leaves.map(\.name), merged.texts)
      }
    }
  }

  func testReadingFromMemoryOfTheCaller() throws {
    let message = AllKinds.with { $0.text = "text" }
    let decoded = try message.serializedBytes().withUnsafeBytes {
      try AllKinds(serializedBytes: $0)
    }
    XCTAssertEqual(decoded.text, "text")
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    XCTAssertEqual(try AllKinds(serializedBytes: nothing), AllKinds())
  }
}
