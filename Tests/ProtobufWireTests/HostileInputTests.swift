import Foundation
import ProtobufWire
import TestSupport
import XCTest

/// The risk: a small input that costs much memory, stack or time.
final class HostileInputTests: XCTestCase {
  private func nested(_ levels: Int, group: Bool = false) -> [UInt8] {
    (0..<levels).reduce(into: [UInt8]()) { bytes, _ in
      bytes = group ? [0xfb, 0x07] + bytes + [0xfc, 0x07] : lengthDelimited(8, bytes)
    }
  }

  func testNestingUpToAHundred() throws {
    XCTAssertNoThrow(try AllKinds(serializedBytes: nested(100)))
    assertRejected(nested(101), .nestingTooDeep)
    assertRejected(nested(20_000), .nestingTooDeep)
    XCTAssertNoThrow(try AllKinds(serializedBytes: nested(100, group: true)))
    assertRejected(nested(101, group: true), .nestingTooDeep)
    assertRejected([UInt8](repeating: 0x0b, count: 1_000_000), .nestingTooDeep)
  }

  func testMessagesAndGroupsShareTheLimit() throws {
    let deep = (0..<60).reduce(nested(40, group: true)) { bytes, _ in lengthDelimited(8, bytes) }
    XCTAssertNoThrow(try AllKinds(serializedBytes: deep))
    assertRejected(lengthDelimited(8, deep), .nestingTooDeep)
  }

  func testSiblingsDoNotAddUp() throws {
    let siblings = (0..<500).flatMap { _ in nested(90) + nested(5, group: true) }
    XCTAssertEqual(try AllKinds(serializedBytes: siblings).children.count, 500)
  }

  func testLengthsThatLieCostNothing() throws {
    let before = try peakVirtualMemory()
    for number: UInt64 in [1, 2, 7, 8, 10, 11, 13, 14, 15, 16, 17, 99, 5000] {
      let tag = varint(number << 3 | 2)
      for claim: UInt64 in [1 << 20, 1 << 30, 2_000_000_000, 1 << 31 - 1, 1 << 40, .max] {
        let input = tag + varint(claim) + [UInt8](repeating: 0x61, count: 8)
        XCTAssertLessThanOrEqual(input.count, 21)
        assertRejected(input, .lengthOutOfBounds)
        assertRejected(lengthDelimited(8, input), .lengthOutOfBounds)
      }
    }
    XCTAssertLessThan(try peakVirtualMemory() - before, 256 << 20, "the smallest claim refused")
  }

  func testArraysAreSizedByWhatIsThere() throws {
    let run = (0..<37).flatMap { _ in lengthDelimited(17, []) + lengthDelimited(13, "") }
    let message = try AllKinds(serializedBytes: run)
    XCTAssertEqual(message.leaves.count, 37)
    XCTAssertLessThan(message.leaves.capacity, 128)
    let together = (0..<37).flatMap { _ in lengthDelimited(17, []) }
    XCTAssertLessThan(try AllKinds(serializedBytes: together).leaves.capacity, 64)
  }

  func testFieldsInOrderTakeOnePass() throws {
    let message = AllKinds.with {
      $0.text = "a"
      $0.texts = ["a", "b"]
      $0.map = ["a": "b"]
      $0.secret = "s"
    }
    XCTAssertEqual(try AllKinds(serializedBytes: message.serializedBytes()).passes, 1)
  }

  /// Each pass over the fields consumes one of the input at least, so the work is bounded by the
  /// number of fields, whatever their order.
  func testFieldsInTheWorstOrderTakeAPassEach() throws {
    let count = 100_000
    let alternating = (0..<count).flatMap { index -> [UInt8] in
      index.isMultiple(of: 2) ? lengthDelimited(17, []) : lengthDelimited(1, "")
    }
    let message = try AllKinds(serializedBytes: alternating)
    XCTAssertEqual(message.leaves.count, count / 2)
    XCTAssertLessThanOrEqual(message.passes, count + 1)
  }

  func testUnknownFieldsTakeAPassEach() throws {
    let count = 100_000
    let message = try AllKinds(
      serializedBytes: (0..<count).flatMap { _ -> [UInt8] in [0xf8, 0x07, 0x01] })
    XCTAssertEqual(message.unknownFields.bytes.count, 3 * count)
    XCTAssertLessThanOrEqual(message.passes, count)
  }

  /// Quadratic work on these would not end in minutes: descending keys, one run each, and entries that
  /// fall back to unknown fields.
  func testMapsInTheWorstOrder() throws {
    let count = 40_000
    var bytes: [UInt8] = []
    for index in (0..<count).reversed() {
      let key = lengthDelimited(1, String(1_000_000 + index))
      bytes += lengthDelimited(16, key) + [0x18, 0x01]
    }
    let message = try AllKinds(serializedBytes: bytes)
    XCTAssertEqual(message.map.count, count)
    XCTAssertEqual(message.map.first?.key, "1000000")
    XCTAssertLessThanOrEqual(message.passes, 2 * count + 1)

    let odd = lengthDelimited(16, lengthDelimited(3, ""))
    let oddMessage = try AllKinds(serializedBytes: (0..<count).flatMap { _ in odd })
    XCTAssertEqual(oddMessage.unknownFields.bytes.count, odd.count * count)
  }

  private func peakVirtualMemory() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try XCTUnwrap(status.split(separator: "\n").first { $0.hasPrefix("VmPeak:") })
    return try XCTUnwrap(line.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }.first)
      << 10
  }
}
