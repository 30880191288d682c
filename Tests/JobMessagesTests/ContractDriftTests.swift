import JobMessages
import ProtobufWire
import XCTest

/// The risk: a Swift message and its .proto file drift apart in a field that no other test uses.
final class ContractDriftTests: XCTestCase {
  func testMessagesAreThoseOfTheContract() throws {
    let contract = try ProtocContract().messagesInUse(and: Set(MessageRegistry.byName.keys))
    let swift = MessageRegistry.byName.mapValues { $0.fieldSchemas.map(Self.row) }
    XCTAssertGreaterThan(swift.count, 80)
    for name in Set(contract.keys).union(swift.keys).sorted() {
      XCTAssertEqual(swift[name], contract[name], name)
    }
  }

  func testEnumsAreThoseOfTheContract() throws {
    let contract = try ProtocContract().enums.filter { !$0.key.hasPrefix("google.protobuf.") }
    var swift: [String: [String]] = [:]
    for type in MessageRegistry.all {
      for case .enumeration(let kind) in type.fieldSchemas.map(\.kind) {
        swift[kind.fullName] = Self.rows(kind)
      }
    }
    XCTAssertFalse(swift.isEmpty)
    for name in Set(contract.keys).union(swift.keys).sorted() {
      XCTAssertEqual(swift[name], contract[name], name)
    }
  }

  func testFieldsAreInOrderOfNumbers() {
    for type in MessageRegistry.all {
      let numbers = type.fieldSchemas.map(\.number)
      XCTAssertEqual(numbers, numbers.sorted(), "\(type): encoded out of order")
    }
  }

  /// The fields are listed twice, for reading and for writing; here the lists are held together:
  /// each field alone, made from the table that writing gives, must come back through reading.
  func testEveryFieldThatIsWrittenIsRead() throws {
    for type in MessageRegistry.all {
      for field in type.fieldSchemas { try assertIsRead(type, field) }
    }
  }

  private func assertIsRead<M: Message>(_: M.Type, _ field: FieldSchema) throws {
    let isVarint =
      switch field.kind {
      case .bool, .int32, .int64, .enumeration: true
      default: false
      }
    let packed = isVarint && field.isRepeated
    let tag = UInt8(field.number << 3 & 0x7f) | (isVarint && !packed ? 0 : 2)
    let tagBytes = field.number < 16 ? [tag] : [tag | 0x80, UInt8(field.number >> 4)]
    let value: [UInt8] =
      switch field.kind {
      case .string, .bytes: [1, 0x61]
      case .stringMap: [6, 0x0a, 1, 0x6b, 0x12, 1, 0x76]
      case .message: [0]
      default: packed ? [1, 1] : [1]
      }
    let message = try M(serializedBytes: tagBytes + value)
    XCTAssertTrue(message.unknownFields.isEmpty, "\(M.fullName).\(field.name) is not read")
    XCTAssertEqual(message.serializedBytes(), tagBytes + value, "\(M.fullName).\(field.name)")
  }

  private static func row(_ field: FieldSchema) -> String {
    let type =
      switch field.kind {
      case .string: "string"
      case .bytes: "bytes"
      case .bool: "bool"
      case .int32: "int32"
      case .int64: "int64"
      case .stringMap: "map<string, string>"
      case .enumeration(let kind): "enum " + kind.fullName
      case .message(let kind): "message " + kind.fullName
      }
    let label = field.isRepeated ? "repeated " : ""
    let oneof = field.oneof.map { " oneof \($0)" } ?? ""
    return "\(field.number) \(field.name) \(label)\(type)\(oneof)"
  }

  private static func rows<E: OpenEnum>(_: E.Type) -> [String] {
    E.names.map { "\($0.value.rawValue) \($0.key)" }
  }
}
