import MessageJSON
import ProtobufWire

/// One input for the check of JSON, as the fuzzer makes it.
///
/// The first byte chooses the message type. Of the second, the highest bit says whether the content
/// is JSON or an encoding, and the lowest four are the options.
struct JSONCase {
  enum Form: String {
    case json, wire
  }

  let messageType: any Message.Type
  let form: Form
  let optionBits: UInt8
  let content: [UInt8]

  init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard bytes.count >= 2 else { return nil }
    messageType = MessageRegistry.all[Int(bytes[0]) % MessageRegistry.all.count]
    form = bytes[1] & 0x80 == 0 ? .json : .wire
    optionBits = bytes[1] & 15
    content = Array(bytes.dropFirst(2))
  }

  /// Reads a line of `Regressions/`: message, form, options, content in hexadecimal.
  ///
  /// A line names the message, since a byte changes its meaning when a message type is added.
  init?(regressionLine line: Substring) {
    let words = line.split(separator: " ").map(String.init)
    guard words.count == 4, let type = MessageRegistry.type(named: words[0]),
      let form = Form(rawValue: words[1]), let optionBits = UInt8(words[2]),
      let content = bytes(hexadecimal: words[3])
    else { return nil }
    messageType = type
    self.form = form
    self.optionBits = optionBits
    self.content = content
  }

  var regressionLine: String {
    "\(messageType.fullName) \(form) \(optionBits) \(hexadecimal(content))"
  }

  private var options: JSONOptions {
    JSONOptions(
      isPretty: optionBits & 1 != 0, preservesFieldNames: optionBits & 2 != 0,
      includesDefaults: optionBits & 4 != 0, ignoresUnknownFields: optionBits & 8 != 0)
  }

  /// The bytes that stand for this content with the default options, or nil if none do.
  static func encode(_ message: String, _ form: Form, _ content: [UInt8]) -> [UInt8]? {
    let type = MessageRegistry.all.firstIndex { $0.fullName == message }
    guard let type = type.flatMap(UInt8.init(exactly:)) else { return nil }
    return [type, form == .json ? 0 : 0x80] + content
  }

  /// What is wrong with the JSON that the input leads to, or nil.
  var disagreement: String? { check(messageType) }

  private func check<M: Message>(_: M.Type) -> String? {
    do {
      switch form {
      case .json:
        guard let message = try? M(jsonBytes: content, options: options) else { return nil }
        let text = try message.jsonBytes(options: options)
        guard try M(serializedBytes: message.serializedBytes()) == message else {
          return "what was read as JSON does not survive its encoding"
        }
        return try difference(of: M(jsonBytes: text), from: message, text)
      case .wire:
        // Not all that can be encoded can be said in JSON.
        guard let message = try? M(serializedBytes: content),
          let text = try? message.jsonBytes(options: options)
        else { return nil }
        let again = try M(jsonBytes: text)
        guard try again.jsonBytes(options: options) == text else {
          return "its own JSON reads as another message: " + String(decoding: text, as: UTF8.self)
        }
        return nil
      }
    } catch {
      return "\(M.fullName): its own JSON or encoding is refused: \(error)"
    }
  }

  /// Compares encodings, since messages with `é` in two spellings are equal to Swift.
  private func difference<M: Message>(of again: M, from message: M, _ text: [UInt8]) -> String? {
    guard again.serializedBytes() != message.serializedBytes() else { return nil }
    return "its own JSON reads as another message: " + String(decoding: text, as: UTF8.self)
  }
}
