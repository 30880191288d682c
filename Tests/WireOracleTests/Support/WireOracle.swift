import ProtobufOracle

/// Google's C++ protobuf library, which says what an encoding means.
///
/// What the oracle returns as a buffer is valid until the next call of the same method.
final class WireOracle {
  struct Unusable: Error { let reason: String }

  /// The full names of the contract's messages; a message's index here is its name to the oracle.
  let messageNames: [String]
  private let oracle: OpaquePointer
  private let indices: [String: Int]

  /// Takes a descriptor set as protoc writes it, imports included.
  init(descriptorSet: [UInt8]) throws {
    // SAFETY: the oracle reads the bytes only during the call. What it returns is freed in
    // `deinit`, and nowhere else.
    let opened = descriptorSet.withUnsafeBytes { oracle_open(Self.view($0)) }
    guard let opened else { throw Unusable(reason: "no memory") }
    if let reason = oracle_error(opened) {
      defer { oracle_close(opened) }
      throw Unusable(reason: String(cString: reason))
    }
    oracle = opened
    messageNames = (0..<oracle_message_count(opened)).map {
      oracle_message_name(opened, $0).map { String(cString: $0) } ?? ""
    }
    indices = Dictionary(uniqueKeysWithValues: zip(messageNames, messageNames.indices))
  }

  deinit { oracle_close(oracle) }

  /// The index of a message, or nil if the contract has none of this name.
  func index(of fullName: String) -> Int? { indices[fullName] }

  /// Decodes `first`, merges `second` into it and encodes the outcome; nil if either is malformed.
  func decode(
    _ message: Int, _ first: UnsafeRawBufferPointer, merging second: UnsafeRawBufferPointer
  ) -> UnsafeRawBufferPointer? {
    var encoding = oracle_bytes()
    let isAccepted = oracle_decode(
      oracle, message, Self.view(first), Self.view(second), &encoding)
    return isAccepted ? Self.buffer(encoding) : nil
  }

  /// Writes the unknown fields of an encoding as ``decode(_:_:merging:)`` does; nil if malformed.
  func normalize(_ message: Int, _ encoding: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    var result = oracle_bytes()
    guard oracle_normalize(oracle, message, Self.view(encoding), &result) else { return nil }
    return Self.buffer(result)
  }

  /// Makes an encoding, nearly always a valid one.
  func generate(_ message: Int, seed: UInt64) -> [UInt8] {
    [UInt8](Self.buffer(oracle_generate(oracle, message, seed)))
  }

  /// Damages an encoding.
  func mutate(_ message: Int, _ encoding: [UInt8], seed: UInt64) -> [UInt8] {
    encoding.withUnsafeBytes { bytes in
      [UInt8](Self.buffer(oracle_mutate(oracle, message, Self.view(bytes), seed)))
    }
  }

  // SAFETY: the oracle reads a view during one call only, and what it returns stays in place until
  // the next call of the same function, before which all callers above are done with it.

  private static func view(_ bytes: UnsafeRawBufferPointer) -> oracle_bytes {
    oracle_bytes(
      data: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), count: bytes.count)
  }

  private static func buffer(_ bytes: oracle_bytes) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: bytes.data, count: bytes.count)
  }
}
