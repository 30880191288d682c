import ProtobufWire
import TestSupport
import XCTest

/// The risk: a field of a newer schema is dropped, reordered or changed.
final class UnknownFieldTests: XCTestCase {
  private let everyWireType: [UInt8] =
    [0xf8, 0x07, 0x96, 0x01]  // 127: varint
    + [0xf9, 0x07, 1, 2, 3, 4, 5, 6, 7, 8]  // fixed64
    + [0xfa, 0x07, 2, 0xff, 0xfe]  // length-delimited, no text
    + [0xfb, 0x07, 0x0b, 0x10, 0x01, 0x0c, 0xfc, 0x07]  // a group within a group
    + [0xfd, 0x07, 1, 2, 3, 4]  // fixed32

  func testAllWireTypesComeBackVerbatimBehindTheKnownFields() throws {
    let known = lengthDelimited(1, "a")
    let message = try AllKinds(serializedBytes: everyWireType + known + everyWireType)
    XCTAssertEqual(message.text, "a")
    XCTAssertEqual(message.unknownFields.bytes, everyWireType + everyWireType)
    XCTAssertEqual(message.serializedBytes(), known + everyWireType + everyWireType)
  }

  func testNestedMessagesKeepTheirOwn() throws {
    let bytes = lengthDelimited(7, everyWireType) + lengthDelimited(17, [0x0d, 0, 0, 0, 0])
    let message = try AllKinds(serializedBytes: bytes)
    XCTAssertTrue(message.unknownFields.isEmpty)
    XCTAssertEqual(message.leaf?.unknownFields.bytes, everyWireType)
    XCTAssertEqual(message.serializedBytes(), bytes)
  }

  func testAKnownNumberWithAnotherWireTypeIsUnknown() throws {
    for number: UInt8 in 1...15 {
      let bytes = [number << 3 | 5, 1, 2, 3, 4]
      let message = try AllKinds(serializedBytes: bytes)
      XCTAssertEqual(message.unknownFields.bytes, bytes)
      XCTAssertEqual(message.serializedBytes(), bytes)
    }
    let text: [UInt8] = [0x08, 1]
    XCTAssertEqual(try AllKinds(serializedBytes: text).unknownFields.bytes, text)
  }

  func testGroupsMustEndWhereTheyBegan() {
    assertRejected([0xfb, 0x07], .truncated)
    assertRejected([0xfb, 0x07, 0x08, 0x01], .truncated)
    assertRejected([0xfb, 0x07, 0x0c], .unmatchedEndGroup)
    assertRejected([0xfc, 0x07], .unmatchedEndGroup)
    assertRejected([0xfb, 0x07, 0x00, 0xfc, 0x07], .invalidFieldNumber)
    assertRejected(lengthDelimited(7, [0x0b]) + [0x0c], .truncated)
  }

  func testMergingAppends() throws {
    var message = try AllKinds(serializedBytes: everyWireType)
    var more = UnknownFields()
    more.append(message.unknownFields)
    message.unknownFields.append(more)
    XCTAssertEqual(message.serializedBytes(), everyWireType + everyWireType)
    XCTAssertNotEqual(message, try AllKinds(serializedBytes: everyWireType))
  }

  func testRepeatedNumbersPackedAndNot() throws {
    let packed = lengthDelimited(15, varint(1) + varint(300) + varint(UInt64(bitPattern: -1)))
    let single: [UInt8] = [0x78, 7]
    let message = try AllKinds(serializedBytes: single + packed + single + lengthDelimited(15, []))
    XCTAssertEqual(message.numbers, [7, 1, 300, -1, 7])
    XCTAssertEqual(
      message.serializedBytes(),
      lengthDelimited(15, [7] + varint(1) + varint(300) + varint(UInt64(bitPattern: -1)) + [7]))
  }
}
