internal import Foundation
internal import MessageJSON
internal import ProtobufWire

/// Turns messages into JSON and back, one request a line, for `Tests/Acceptance/json_check.py`.
@main
enum JSONProbe {
  struct Request: Decodable {
    enum Operation: String, Decodable { case encode, decode }
    var message: String
    var op: Operation
    /// The encoded message, or, to decode, the bytes of a text that is not UTF-8.
    var hex: String?
    var json: String?
    var pretty: Bool?
    var preservesFieldNames: Bool?
    var includesDefaults: Bool?
    var ignoresUnknownFields: Bool?

    var options: JSONOptions {
      JSONOptions(
        isPretty: pretty ?? false, preservesFieldNames: preservesFieldNames ?? false,
        includesDefaults: includesDefaults ?? false,
        ignoresUnknownFields: ignoresUnknownFields ?? false)
    }
  }

  struct Reply: Encodable {
    var json: String?
    var hex: String?
    var error: String?
  }

  static func main() throws {
    let encoder = JSONEncoder()
    while let line = readLine() {
      let request = try JSONDecoder().decode(Request.self, from: Data(line.utf8))
      let reply = try encoder.encode(reply(to: request))
      FileHandle.standardOutput.write(reply + Data("\n".utf8))
    }
  }

  static func reply(to request: Request) -> Reply {
    guard let type = MessageRegistry.type(named: request.message) else {
      return Reply(error: "no such message")
    }
    do {
      switch request.op {
      case .encode: return Reply(json: try json(type, request))
      case .decode: return Reply(hex: try hex(type, request))
      }
    } catch {
      return Reply(error: "\(error)")
    }
  }

  static func json<M: Message>(_: M.Type, _ request: Request) throws -> String {
    try M(serializedBytes: bytes(request.hex ?? "")).jsonString(options: request.options)
  }

  static func hex<M: Message>(_: M.Type, _ request: Request) throws -> String {
    let text = request.json.map { Array($0.utf8) } ?? bytes(request.hex ?? "")
    let message = try M(jsonBytes: text, options: request.options)
    return message.serializedBytes().map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }

  static func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = hexadecimal.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { index in
      UInt8(digits[index] * 16 + digits[index + 1])
    }
  }
}
