import ProtobufWire

/// What the fuzzer's bytes stand for.
///
/// The first chooses the message type. The second is where the second of two encodings begins,
/// counted from the third byte, and 0 if there is but one.
struct FuzzInput {
  let type: any Message.Type
  let first: [UInt8]
  let second: [UInt8]

  init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard bytes.count >= 2 else { return nil }
    type = MessageRegistry.all[Int(bytes[0]) % MessageRegistry.all.count]
    let content = bytes.dropFirst(2)
    let split = bytes[1] == 0 ? content.count : min(Int(bytes[1]), content.count)
    first = Array(content.prefix(split))
    second = Array(content.dropFirst(split))
  }

  /// The bytes that stand for these encodings, or nil if none do.
  static func encode(_ message: String, _ first: [UInt8], merging second: [UInt8]) -> [UInt8]? {
    let type = MessageRegistry.all.firstIndex { $0.fullName == message }
    guard let type = type.flatMap(UInt8.init(exactly:)),
      let split = UInt8(exactly: second.isEmpty ? 0 : first.count)
    else { return nil }
    return [type, split] + first + second
  }

  /// The line that goes into `Tests/WireOracleTests/Regressions`.
  var regressionLine: String {
    let encodings = second.isEmpty ? [first] : [first, second]
    let words = encodings.map { $0.isEmpty ? "-" : hexadecimal($0) }
    return ([type.fullName] + words).joined(separator: " ")
  }
}
