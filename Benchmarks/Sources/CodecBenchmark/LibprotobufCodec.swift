import LibprotobufPeer

/// C++ libprotobuf, with the code that protoc generates.
struct LibprotobufCodec: Codec {
  let name: String
  private let usesArena: Bool
  private let peer: OpaquePointer
  private let buffer: UnsafeMutableRawBufferPointer
  private let byteCount: Int

  init(_ payload: Payload, usesArena: Bool) throws {
    name = usesArena ? "libprotobuf, arena" : "libprotobuf"
    self.usesArena = usesArena
    byteCount = payload.request.count
    let created = libprotobuf_peer_create(
      payload.request.baseAddress, payload.request.count,
      payload.source.baseAddress, payload.source.count)
    guard let created else { throw BenchmarkError("libprotobuf refuses \(payload.name)") }
    peer = created
    buffer = .allocate(byteCount: byteCount, alignment: 16)
  }

  /// An arena changes nothing in how a message is measured and written.
  func run(_ operation: Operation, iterations: Int) throws -> Bool {
    switch (operation, usesArena) {
    case (.decode, false):
      try check(libprotobuf_peer_decode(peer, iterations) == iterations)
    case (.decode, true):
      try check(libprotobuf_peer_decode_arena(peer, iterations) == iterations)
    case (.encode, false):
      try check(libprotobuf_peer_encode(peer, buffer.baseAddress, iterations) == byteCount)
    case (.size, false):
      try check(libprotobuf_peer_size(peer, iterations) == byteCount * iterations)
    case (.merge, false):
      try check(libprotobuf_peer_merge(peer, iterations) == iterations)
    case (.merge, true):
      try check(libprotobuf_peer_merge_arena(peer, iterations) == iterations)
    case (.encode, true), (.size, true):
      return false
    }
    return true
  }

  /// What libprotobuf wrote last.
  var encoded: UnsafeRawBufferPointer { UnsafeRawBufferPointer(buffer) }

  private func check(_ isRight: Bool) throws {
    guard isRight else { throw BenchmarkError("libprotobuf gave another result than expected") }
  }
}
