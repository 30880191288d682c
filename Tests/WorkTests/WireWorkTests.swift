import JobMessages
import ProtobufWire
import TestSupport
import XCTest

/// The risk: a request whose decoding takes more than a constant time for each of its bytes.
final class WireWorkTests: WorkTestCase {
  private static let pieceCounts = [1, 10, 100, 1_000]

  /// Counts the work of decoding the same kind of input in several sizes.
  private func check(
    _ type: any Message.Type, _ what: @autoclosure () -> String, line: UInt = #line,
    _ piece: (Int) -> [UInt8]
  ) throws {
    var works: [Work] = []
    var input: [UInt8] = []
    var count = 0
    for target in Self.pieceCounts {
      while count < target {
        input += piece(count)
        count += 1
      }
      works.append(
        try Work.counting(inputBytes: input.count) { _ = try type.init(serializedBytes: input) })
    }
    assertLinear(works, what(), line: line)
  }

  func testEveryFieldInPieces() throws {
    for type in MessageRegistry.all {
      for path in FieldPath.all(from: type) {
        try check(type, "\(path)") { path.piece($0) }
      }
    }
  }

  func testEveryFieldInPiecesBetweenOthers() throws {
    for type in MessageRegistry.all {
      for path in FieldPath.all(from: type) {
        try check(type, "\(path) between others") { path.piece($0) + path.other($0) }
      }
    }
  }

  func testEveryFieldRepeatedUnchanged() throws {
    for type in MessageRegistry.all {
      for path in FieldPath.all(from: type) {
        let (piece, other) = (path.piece(0), path.other(0))
        try check(type, "\(path) unchanged") { _ in piece + other }
      }
    }
  }

  func testUnknownGroupsNestedToTheLimit() throws {
    let group = (0..<90).reduce([UInt8]()) { content, _ in [0xfb, 0x07] + content + [0xfc, 0x07] }
    for type in MessageRegistry.all {
      for field in type.fieldSchemas {
        guard case .message = field.kind else { continue }
        try check(type, "groups in \(type.fullName).\(field.name)") { _ in
          group + lengthDelimited(field.number, group)
        }
      }
    }
  }
}
