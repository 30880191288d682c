internal import Safeguards

/// A job's log for a terminal: text in lines, with everything else that could steer it escaped.
///
/// A log comes in pieces that may end within a character; those bytes wait for the next piece.
struct LogText {
  private var rest: [UInt8] = []

  /// What is to be shown of the next piece.
  mutating func text(of piece: [UInt8]) -> String {
    let bytes = rest + piece
    let end = bytes.count - Self.unfinishedBytes(of: bytes)
    rest = Array(bytes[end...])
    return escapedLog(String(decoding: bytes[..<end], as: UTF8.self))
  }

  /// What is to be shown of bytes that wait in vain.
  func remainder() -> String { String(decoding: rest, as: UTF8.self) }

  /// How many bytes at the end begin a character that they do not finish.
  private static func unfinishedBytes(of bytes: [UInt8]) -> Int {
    for (index, byte) in bytes.suffix(3).reversed().enumerated() where byte & 0xC0 != 0x80 {
      let length =
        switch byte {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
      return length > index + 1 ? index + 1 : 0
    }
    return 0
  }
}
