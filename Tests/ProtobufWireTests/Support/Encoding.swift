import ProtobufWire
import XCTest

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
