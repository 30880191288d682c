import Foundation
import JobMessages
import ProtobufWire
import XCTest

/// The risk: bytes on which the official runtime and these types disagree.
final class GoldenVectorTests: XCTestCase {
  private struct Vector: Decodable {
    enum Kind: String, Decodable, CaseIterable {
      /// Decodes, and encodes to the same bytes.
      case canonical
      /// Decodes, and encodes to the bytes of `canonical`.
      case accept
      /// Does not decode.
      case reject
    }

    var message: String
    var kind: Kind
    var note: String
    var hex: String
    var canonical: String?
  }

  private func loadVectors() throws -> [Vector] {
    let file =
      ProcessInfo.processInfo.environment["GOLDEN_VECTORS"].map { URL(fileURLWithPath: $0) }
      ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Golden/vectors.jsonl")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    return try lines.map { try JSONDecoder().decode(Vector.self, from: Data($0.utf8)) }
  }

  func testAllVectorsOfAllKinds() throws {
    let vectors = try loadVectors()
    var checked: [Vector.Kind: Int] = [:]
    for vector in vectors {
      guard let type = MessageRegistry.byName[vector.message] else {
        XCTFail("no type for \(vector.message)")
        continue
      }
      let name = "\(vector.message): \(vector.kind) \(vector.note)"
      let input = try XCTUnwrap(bytes(hexadecimal: vector.hex), name)
      check(type, input: input, vector: vector, name: name)
      checked[vector.kind, default: 0] += 1
    }
    for kind in Vector.Kind.allCases {
      XCTAssertGreaterThan(checked[kind, default: 0], 0, "no vectors of kind \(kind)")
    }
    let counts = Vector.Kind.allCases.map { "\($0) \(checked[$0, default: 0])" }
    print("golden vectors checked: \(vectors.count) (\(counts.joined(separator: ", ")))")
  }

  private func check<M: Message>(_: M.Type, input: [UInt8], vector: Vector, name: String) {
    guard vector.kind != .reject else {
      XCTAssertThrowsError(try M(serializedBytes: input), name) { error in
        let offset = (error as? WireError)?.byteOffset ?? -1
        XCTAssertTrue((0...input.count).contains(offset), "\(name): \(error)")
      }
      return
    }
    let expected = vector.kind == .canonical ? vector.hex : vector.canonical
    do {
      let message = try M(serializedBytes: input)
      XCTAssertEqual(hexadecimal(message.serializedBytes()), expected, name)
      XCTAssertEqual(try M(serializedBytes: message.serializedBytes()), message, name)
    } catch {
      XCTFail("\(name): \(error)")
    }
  }
}
