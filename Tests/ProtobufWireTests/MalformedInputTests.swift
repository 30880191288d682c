import ProtobufWire
import TestSupport
import XCTest

/// The risk: input that breaks a rule is accepted, or is refused for the wrong reason or place.
final class MalformedInputTests: XCTestCase {
  func testTagsOutOfRange() {
    assertRejected([0x00], .invalidFieldNumber)
    assertRejected([0x07], .invalidFieldNumber)
    assertRejected([0x80, 0x00], .invalidFieldNumber, at: 2)
    assertRejected([0x80, 0x80, 0x80, 0x80, 0x10], .invalidFieldNumber)
    assertRejected([0x80, 0x80, 0x80, 0x80, 0x80, 0x01], .invalidFieldNumber, at: 5)
    assertRejected([0x80], .truncated, at: 1)
    XCTAssertNoThrow(
      try AllKinds(serializedBytes: [0xf8, 0xff, 0xff, 0xff, 0x0f, 1]), "the highest number")
  }

  func testWireTypesThatDoNotExist() {
    for number: UInt8 in [1, 15] {
      assertRejected([number << 3 | 6], .invalidWireType)
      assertRejected([number << 3 | 7, 0], .invalidWireType)
    }
  }

  func testVarintsTooLongOrCut() {
    let ten = [UInt8](repeating: 0xff, count: 10)
    assertRejected([0x28] + ten + [1], .malformedVarint, at: 11)
    assertRejected([0x28] + ten, .malformedVarint, at: 11)
    assertRejected([0x28] + ten.prefix(9), .truncated, at: 10)
    assertRejected([0x28], .truncated, at: 1)
  }

  func testBitsBeyondTheSixtyFourthAreDropped() throws {
    let wide = [UInt8](repeating: 0xff, count: 9) + [0x7f]
    XCTAssertEqual(try AllKinds(serializedBytes: [0x28] + wide).large, -1)
  }

  func testNumbersAreCutAsTheOfficialRuntimeCutsThem() throws {
    let beyond = varint(1 << 32 | 5)
    XCTAssertEqual(try AllKinds(serializedBytes: [0x20] + beyond).small, 5)
    XCTAssertEqual(try AllKinds(serializedBytes: [0x30] + beyond).color.rawValue, 5)
    XCTAssertTrue(try AllKinds(serializedBytes: [0x18] + varint(1 << 63)).flag)
    XCTAssertEqual(try AllKinds(serializedBytes: [0x20, 0x81, 0x00]).small, 1, "overlong is fine")
  }

  func testTagsLongerThanNeeded() throws {
    let message = try AllKinds(serializedBytes: [0x8a, 0x80, 0x00, 1, 0x61, 0xa0, 0x80, 0x00, 7])
    XCTAssertEqual(message.text, "a")
    XCTAssertEqual(message.small, 7)
    let unknown: [UInt8] = [0x0a, 1, 0x61, 0xf8, 0x86, 0x00, 7]
    XCTAssertEqual(
      try AllKinds(serializedBytes: unknown).serializedBytes(), unknown, "kept as it came")
  }

  func testLengthsBeyondTheEnd() {
    for number: UInt64 in [1, 2, 7, 8, 10, 11, 13, 14, 15, 16, 17, 99, 5000] {
      let tag = varint(number << 3 | 2)
      assertRejected(tag + [1], .lengthOutOfBounds, at: tag.count)
      assertRejected(tag + [0x81, 1], .lengthOutOfBounds, at: tag.count)
      assertRejected(tag + [5, 0, 0, 0, 0], .lengthOutOfBounds)
      assertRejected(tag, .truncated)
      assertRejected(tag + [0x80], .truncated)
      assertRejected(tag + varint(1 << 31), .lengthOutOfBounds)
      assertRejected(tag + varint(1 << 63), .lengthOutOfBounds)
      assertRejected(tag + varint(.max), .lengthOutOfBounds)
      assertRejected(tag + [0x80, 0x80, 0x80, 0x80, 0x80, 0x00], .lengthOutOfBounds)
    }
  }

  func testALengthBeyondTheEnclosingMessageThoughNotTheInput() {
    let inner: [UInt8] = [0x0a, 3, 0x61]
    assertRejected(lengthDelimited(7, inner) + [0x08, 0x01, 0x01], .lengthOutOfBounds)
    assertRejected(lengthDelimited(7, [0x10]) + [0x01], .truncated)
    assertRejected(lengthDelimited(15, [0x80]) + [0x01], .truncated)
    assertRejected(lengthDelimited(16, [0x0a, 3]) + [1, 1, 1], .lengthOutOfBounds, at: 4)
  }

  func testFixedWidthsCut() {
    assertRejected([0x09, 0, 0, 0, 0, 0, 0, 0], .truncated)
    assertRejected([0x0d, 0, 0, 0], .truncated)
  }

  func testEveryPrefixOfAMessageIsAcceptedOrRefusedWithoutHarm() throws {
    let message = AllKinds.with {
      $0.text = "é"
      $0.children = [.with { $0.map = ["k": "v"] }]
      $0.choice = .leaf(.with { $0.name = "leaf" })
      $0.numbers = [1, -1]
    }
    let bytes = message.serializedBytes()
    for count in 0..<bytes.count {
      do {
        let part = try AllKinds(serializedBytes: Array(bytes.prefix(count)))
        XCTAssertEqual(part.serializedBytes(), Array(bytes.prefix(count)))
      } catch {
        XCTAssertLessThanOrEqual(error.byteOffset, count)
      }
    }
  }

  func testTheOffsetCountsFromTheOutermostStart() {
    let leaf = lengthDelimited(1, [0xff])
    let bytes = lengthDelimited(8, lengthDelimited(8, lengthDelimited(7, leaf)))
    assertRejected(lengthDelimited(1, "abc") + bytes, .invalidUTF8, at: 5 + bytes.count - 1)
    XCTAssertEqual(
      WireError(.invalidUTF8, byteOffset: 7).description,
      "malformed protobuf at byte 7: a string is not valid UTF-8")
  }
}
