import Foundation
import MessageJSON
import ProtobufWire
import XCTest

/// The risk: JSON that the official runtime writes or reads otherwise.
final class GoldenVectorJSONTests: XCTestCase {
  private struct Vector: Decodable {
    var message: String
    var note: String
    var hex: String
    var json: String?
  }

  func testAllVectorsInBothDirections() throws {
    let lines = try String(contentsOf: RepositoryFiles.goldenVectors, encoding: .utf8)
      .split(separator: "\n")
    var checked = 0
    for line in lines {
      let vector = try JSONDecoder().decode(Vector.self, from: Data(line.utf8))
      guard let json = vector.json else { continue }
      let type = try XCTUnwrap(MessageRegistry.type(named: vector.message), vector.message)
      try check(type, vector, json)
      checked += 1
    }
    XCTAssertGreaterThan(checked, 100)
    print("golden vectors checked in JSON: \(checked)")
  }

  private func check<M: Message>(_: M.Type, _ vector: Vector, _ json: String) throws {
    let name = "\(vector.message): \(vector.note)"
    let digits = vector.hex.compactMap(\.hexDigitValue)
    let bytes = stride(from: 0, to: digits.count, by: 2).map {
      UInt8(digits[$0] << 4 | digits[$0 + 1])
    }
    let message = try M(serializedBytes: bytes)
    XCTAssertEqual(try M(json: json), message, name)
    XCTAssertEqual(try object(message.jsonString()), try object(json), name)
    XCTAssertEqual(try object(message.jsonString(options: .init(isPretty: true))), try object(json))
  }

  /// A text as Foundation understands it; members of objects have no order there.
  private func object(_ json: String) throws -> NSObject? {
    try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed) as? NSObject
  }
}
