/// A frame of HTTP/2, written and read by hand (RFC 9113 §4.1).
package struct HTTP2Frame {
  package enum Kind: UInt8 {
    case data = 0
    case headers = 1
    case reset = 3
    case settings = 4
    case ping = 6
    case goAway = 7
    case windowUpdate = 8
    case continuation = 9
  }

  package static let endStream: UInt8 = 1
  package static let acknowledgement: UInt8 = 1
  package static let endHeaders: UInt8 = 4

  /// What a client sends before anything else.
  package static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
  /// The preface and settings without a header table, so that the server sends literals alone.
  package static let greeting = preface + settings([(1, 0)])
  package static let settingsAcknowledgement = HTTP2Frame(.settings, flags: acknowledgement).bytes

  package var type: UInt8
  package var flags: UInt8
  package var stream: Int
  package var payload: [UInt8]

  package init(_ kind: Kind, flags: UInt8 = 0, stream: Int = 0, _ payload: [UInt8] = []) {
    self.type = kind.rawValue
    self.flags = flags
    self.stream = stream
    self.payload = payload
  }

  /// Takes a whole frame off the front; nil, and nothing taken, when there is none yet.
  package init?(takenFrom bytes: inout [UInt8]) {
    guard bytes.count >= 9 else { return nil }
    let length = Int(bytes[0]) << 16 | Int(bytes[1]) << 8 | Int(bytes[2])
    guard bytes.count >= 9 + length else { return nil }
    type = bytes[3]
    flags = bytes[4]
    stream =
      Int(bytes[5] & 0x7f) << 24 | Int(bytes[6]) << 16 | Int(bytes[7]) << 8 | Int(bytes[8])
    payload = Array(bytes[9..<9 + length])
    bytes.removeFirst(9 + length)
  }

  package var bytes: [UInt8] {
    let length = payload.count
    let head: [UInt8] = [
      UInt8(length >> 16 & 0xff), UInt8(length >> 8 & 0xff), UInt8(length & 0xff), type, flags,
    ]
    return head + Self.bigEndian(stream) + payload
  }

  package static func bigEndian(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  /// The code of a GOAWAY.
  package var goAwayCode: Int? {
    guard type == Kind.goAway.rawValue, payload.count >= 8 else { return nil }
    return payload[4..<8].reduce(0) { $0 << 8 | Int($1) }
  }

  package func contains(_ text: String) -> Bool {
    let wanted = Array(text.utf8)
    guard payload.count >= wanted.count else { return false }
    return (0...payload.count - wanted.count).contains {
      payload[$0..<$0 + wanted.count].elementsEqual(wanted)
    }
  }

  /// Whether it ends a call with this status; without a header table core writes it as a literal.
  package func endsCall(with status: Int) -> Bool {
    let text = String(status)
    return contains("grpc-status" + String(UnicodeScalar(UInt8(text.utf8.count))) + text)
  }

  // MARK: - Calls

  /// The header block of a call, all of it literals without indexing (RFC 7541 §6.2.2).
  package static func callHeaders(path: String, metadata: [(String, String)] = []) -> [UInt8] {
    // :method POST and :scheme http are in the static table.
    var block: [UInt8] = [0x83, 0x86]
    for (name, value) in [
      (":path", path), (":authority", "test"), ("content-type", "application/grpc"),
      ("te", "trailers"),
    ] + metadata {
      block += [0] + string(name) + string(value)
    }
    return block
  }

  private static func string(_ text: String) -> [UInt8] {
    integer(text.utf8.count) + Array(text.utf8)
  }

  /// An integer with a prefix of seven bits (RFC 7541 §5.1).
  private static func integer(_ value: Int) -> [UInt8] {
    guard value >= 127 else { return [UInt8(value)] }
    var bytes: [UInt8] = [127]
    var rest = value - 127
    while rest >= 128 {
      bytes.append(UInt8(rest & 0x7f | 0x80))
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  /// HEADERS, and CONTINUATIONs for what exceeds the usual frame size.
  package static func headers(stream: Int, _ block: [UInt8]) -> [UInt8] {
    let limit = 16_384
    guard block.count > limit else {
      return HTTP2Frame(.headers, flags: endHeaders, stream: stream, block).bytes
    }
    var bytes = HTTP2Frame(.headers, stream: stream, Array(block.prefix(limit))).bytes
    var rest = block.dropFirst(limit)
    while !rest.isEmpty {
      let part = Array(rest.prefix(limit))
      rest = rest.dropFirst(limit)
      bytes +=
        HTTP2Frame(
          .continuation, flags: rest.isEmpty ? endHeaders : 0, stream: stream, part
        ).bytes
    }
    return bytes
  }

  /// The only message of a call, which ends with it.
  package static func lastMessage(stream: Int, _ message: [UInt8]) -> [UInt8] {
    HTTP2Frame(
      .data, flags: endStream, stream: stream, [0] + bigEndian(message.count) + message
    ).bytes
  }

  /// A whole unary call.
  package static func call(
    stream: Int, path: String, metadata: [(String, String)] = [], _ message: [UInt8]
  ) -> [UInt8] {
    headers(stream: stream, callHeaders(path: path, metadata: metadata))
      + lastMessage(stream: stream, message)
  }

  /// Gives a stream up (error code CANCEL).
  package static func reset(stream: Int) -> [UInt8] {
    HTTP2Frame(.reset, stream: stream, bigEndian(8)).bytes
  }

  /// Lets the server send more: on a stream, or with 0 on the connection.
  package static func windowUpdate(stream: Int, by increment: Int) -> [UInt8] {
    HTTP2Frame(.windowUpdate, stream: stream, bigEndian(increment)).bytes
  }

  /// Settings; 1 is the size of the header table, 4 the initial window of streams.
  package static func settings(_ values: [(Int, Int)]) -> [UInt8] {
    HTTP2Frame(
      .settings, values.flatMap { [UInt8($0.0 >> 8), UInt8($0.0 & 0xff)] + bigEndian($0.1) }
    ).bytes
  }
}
