import ProtobufWire
import XCTest

/// A varint in its shortest form.
func varint(_ value: UInt64) -> [UInt8] {
  var rest = value
  var bytes: [UInt8] = []
  while rest >= 0x80 {
    bytes.append(UInt8(rest & 0x7f) | 0x80)
    rest >>= 7
  }
  return bytes + [UInt8(rest)]
}

/// A field with a length before its payload.
func lengthDelimited(_ number: UInt64, _ payload: [UInt8]) -> [UInt8] {
  varint(number << 3 | 2) + varint(UInt64(payload.count)) + payload
}

func lengthDelimited(_ number: UInt64, _ text: String) -> [UInt8] {
  lengthDelimited(number, Array(text.utf8))
}

/// Checks that the bytes do not decode, for this reason and at this offset.
func assertRejected<M: Message>(
  _ bytes: [UInt8], as type: M.Type = AllKinds.self, _ reason: WireError.Reason,
  at offset: Int? = nil,
  file: StaticString = #filePath, line: UInt = #line
) {
  XCTAssertThrowsError(try M(serializedBytes: bytes), file: file, line: line) { error in
    let error = error as? WireError
    XCTAssertEqual(error?.reason, reason, file: file, line: line)
    if let offset { XCTAssertEqual(error?.byteOffset, offset, file: file, line: line) }
  }
}

extension AllKinds {
  /// Decodes and forgets how much work it was, so that values can be compared.
  static func decoded(_ bytes: [UInt8]) throws -> AllKinds {
    var message = try AllKinds(serializedBytes: bytes)
    message.forgetPasses()
    return message
  }

  private mutating func forgetPasses() {
    passes = 0
    for index in children.indices { children[index].forgetPasses() }
  }
}
