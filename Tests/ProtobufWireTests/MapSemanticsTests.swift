import ProtobufWire
import TestSupport
import XCTest

/// The risk: a map loses an entry, keeps two of one key, or encodes in another order next time.
final class MapSemanticsTests: XCTestCase {
  private func entry(_ key: String, _ value: String) -> [UInt8] {
    lengthDelimited(16, lengthDelimited(1, key) + lengthDelimited(2, value))
  }

  private func decodedMap(_ bytes: [UInt8]) throws -> StringMap {
    try AllKinds(serializedBytes: bytes).map
  }

  func testTheLastOfEqualKeysWins() throws {
    let bytes = entry("k", "1") + entry("a", "1") + entry("k", "2")
    XCTAssertEqual(try decodedMap(bytes), ["a": "1", "k": "2"])
    let inTwoRuns = bytes + lengthDelimited(1, "x") + entry("k", "3") + entry("b", "1")
    XCTAssertEqual(try decodedMap(inTwoRuns), ["a": "1", "b": "1", "k": "3"])
  }

  func testMissingKeyAndValueAreEmptyAndWrittenOut() throws {
    XCTAssertEqual(try decodedMap(lengthDelimited(16, [])), ["": ""])
    XCTAssertEqual(
      try AllKinds(serializedBytes: lengthDelimited(16, [])).serializedBytes(), entry("", ""))
    XCTAssertEqual(try decodedMap(lengthDelimited(16, lengthDelimited(2, "v"))), ["": "v"])
  }

  func testFieldsOfAnEntryInAnyOrderAndNumber() throws {
    let fields = lengthDelimited(2, "1") + lengthDelimited(1, "k") + lengthDelimited(2, "2")
    XCTAssertEqual(try decodedMap(lengthDelimited(16, fields)), ["k": "2"])
  }

  func testAnEntryWithAFieldMoreIsKeptAsAnUnknownField() throws {
    let odd = lengthDelimited(
      16, lengthDelimited(1, "k") + lengthDelimited(2, "v") + lengthDelimited(3, "more"))
    let message = try AllKinds(serializedBytes: entry("a", "1") + odd + entry("b", "2"))
    XCTAssertEqual(message.map, ["a": "1", "b": "2"])
    XCTAssertEqual(message.unknownFields.bytes, odd)
    assertRejected(
      lengthDelimited(16, lengthDelimited(1, [0xff]) + lengthDelimited(3, "more")), .invalidUTF8)
  }

  func testKeysAreBytesNotCanonicallyEqualText() throws {
    let composed = "\u{e9}"
    let decomposed = "e\u{301}"
    XCTAssertEqual(composed, decomposed)
    let map = try decodedMap(entry(composed, "1") + entry(decomposed, "2"))
    XCTAssertEqual(map.count, 2)
    XCTAssertEqual(map[composed], "1")
    XCTAssertEqual(map[decomposed], "2")
  }

  func testTheOrderOfEncodingIsThatOfTheBytes() {
    let map: StringMap = ["b": "1", "ab": "2", "a": "3", "é": "4", "Z": "5", "": "6", "a\0": "7"]
    XCTAssertEqual(map.map(\.key), ["Z", "a\0", "ab", "a", "b", "é", ""])
    let shuffled = StringMap(map.reversed())
    XCTAssertEqual(
      AllKinds.with { $0.map = map }.serializedBytes(),
      AllKinds.with { $0.map = shuffled }.serializedBytes())
    XCTAssertEqual(map, shuffled)
    XCTAssertEqual(map.hashValue, shuffled.hashValue)
  }

  func testEditing() {
    var map: StringMap = ["b": "1", "b": "2", "d": "1"]
    XCTAssertEqual(map["b"], "2")
    XCTAssertNil(map["c"])
    map["c"] = "1"
    map["b"] = nil
    map["x"] = nil
    map["d"]? += "!"
    XCTAssertEqual(map.map { "\($0.key)=\($0.value)" }, ["c=1", "d=1!"])
    map.merge(["d": "2", "a": "2"])
    XCTAssertEqual(map, ["a": "2", "c": "1", "d": "2"])
    XCTAssertNotEqual(map, ["a": "2", "c": "1", "d": "3"])
    XCTAssertEqual(map.dictionary, ["a": "2", "c": "1", "d": "2"])
    XCTAssertEqual("\(map)", #"["a": "2", "c": "1", "d": "2"]"#)
  }

  func testAMapIsInOrderAfterAnErrorAnywhereBehindIt() throws {
    let runs = [
      entry("b", "1") + entry("a", "1") + entry("b", "2"),
      entry("b", "2") + lengthDelimited(1, "x") + entry("a", "1") + entry("b", "2"),
    ]
    let between = lengthDelimited(1, "x")
    let errors = [
      lengthDelimited(16, lengthDelimited(1, [0xff])), lengthDelimited(16, [0x0a, 9]),
      between + [0x80], between + lengthDelimited(1, [0xff]),
      between + lengthDelimited(8, entry("x", "1") + lengthDelimited(1, [0xff])),
      between + lengthDelimited(16, [0x0a, 9]),
    ]
    for run in runs {
      for error in errors {
        for map: StringMap in [[:], ["c": "0"], ["0": "0", "a": "0"]] {
          var message = AllKinds.with {
            $0.map = map
            $0.leaf = .with { $0.size = 1 }
          }
          XCTAssertThrowsError(try message.merge(serializedBytes: run + error))
          var expected = map
          expected.merge(["a": "1", "b": "2"])
          XCTAssertEqual(message.map, expected, "\(error)")
          for (key, value) in expected { XCTAssertEqual(message.map[key], value) }
        }
      }
    }
  }

  func testANestedMapIsInOrderAfterAnError() throws {
    let bytes = entry("b", "1") + entry("a", "2") + lengthDelimited(1, "x") + [0x80]
    var message = AllKinds()
    XCTAssertThrowsError(try message.merge(serializedBytes: lengthDelimited(8, bytes)))
    XCTAssertEqual(message.children.first?.map, ["a": "2", "b": "1"])
  }

  func testManyEntriesAgainstADictionary() throws {
    var generator = SystemRandomNumberGenerator()
    var expected: [String: String] = [:]
    var bytes: [UInt8] = []
    for index in 0..<2000 {
      let key = "key \(UInt16.random(in: 0..<700, using: &generator))"
      bytes += entry(key, "\(index)")
      if index.isMultiple(of: 7) { bytes += lengthDelimited(1, "another run") }
      expected[key] = "\(index)"
    }
    let map = try decodedMap(bytes)
    XCTAssertEqual(map.dictionary, expected)
    XCTAssertEqual(map.count, expected.count)
    for (key, value) in expected { XCTAssertEqual(map[key], value) }
  }
}
