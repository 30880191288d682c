/// Headers or trailers of a call: keys with one or more values, in order.
///
/// Keys are lowercase ASCII; keys that end in `-bin` hold arbitrary bytes, all others printable
/// ASCII. Metadata that core would refuse to send makes the call fail with INTERNAL, so pass on
/// values of callers only when they are checked. A value type: copies are independent.
public struct Metadata: Sendable, Hashable {
  /// The entries as they cross into C (see cgrpc.h): two 32-bit lengths, key, value, and so on.
  ///
  /// One allocation holds everything, and nothing is decoded before somebody asks.
  var flat: [UInt8]

  /// No entries.
  public init() { flat = [] }

  init(flat: [UInt8]) { self.flat = flat }

  /// Whether there are no entries.
  public var isEmpty: Bool { flat.isEmpty }

  /// Appends a text value; other values of the key stay.
  public mutating func add(_ value: String, forKey key: String) {
    var value = value
    value.withUTF8 { append($0, forKey: key) }
  }

  /// Appends a binary value; the key must end in `-bin`.
  public mutating func add(bytes: [UInt8], forKey key: String) {
    bytes.withUnsafeBufferPointer { append($0, forKey: key) }
  }

  /// Takes every value of the key away.
  public mutating func removeAll(forKey key: String) {
    var kept = Metadata()
    let name = Array(key.lowercased().utf8)
    for range in ranges where !flat[range.key].elementsEqual(name) {
      kept.flat += flat[range.start..<range.value.upperBound]
    }
    self = kept
  }

  /// The first text value of a key, or nil; setting replaces all values, and nil takes them away.
  public subscript(key: String) -> String? {
    get { firstValue(forKey: key).map { String(decoding: flat[$0], as: UTF8.self) } }
    set {
      removeAll(forKey: key)
      if let newValue { add(newValue, forKey: key) }
    }
  }

  /// Every text value of a key, in order.
  public func values(forKey key: String) -> [String] {
    all(forKey: key).map { String(decoding: flat[$0], as: UTF8.self) }
  }

  /// The first value of a key as bytes, or nil.
  public func bytes(forKey key: String) -> [UInt8]? {
    firstValue(forKey: key).map { Array(flat[$0]) }
  }

  private mutating func append(_ value: UnsafeBufferPointer<UInt8>, forKey key: String) {
    let name = Array(key.lowercased().utf8)
    flat.reserveCapacity(flat.count + 8 + name.count + value.count)
    Self.append(UInt32(clamping: name.count), to: &flat)
    Self.append(UInt32(clamping: value.count), to: &flat)
    flat += name
    flat += value
  }

  private static func append(_ length: UInt32, to flat: inout [UInt8]) {
    withUnsafeBytes(of: length) { flat += $0 }
  }

  private func firstValue(forKey key: String) -> Range<Int>? {
    var key = key
    return key.withUTF8 { name in
      for range in ranges where flat[range.key].elementsEqual(name) { return range.value }
      return nil
    }
  }

  private func all(forKey key: String) -> [Range<Int>] {
    let name = Array(key.utf8)
    return ranges.filter { flat[$0.key].elementsEqual(name) }.map(\.value)
  }
}

extension Metadata: Sequence {
  /// One key with one of its values.
  public struct Entry: Sendable, Hashable {
    /// The key, lowercase.
    public let key: String
    /// The value's bytes.
    public let bytes: [UInt8]
    /// The value as text; meaningful unless the key ends in `-bin`.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
  }

  /// Walks the entries in order.
  public func makeIterator() -> AnyIterator<Entry> {
    var ranges = self.ranges.makeIterator()
    return AnyIterator {
      ranges.next().map { range in
        Entry(
          key: String(decoding: flat[range.key], as: UTF8.self), bytes: Array(flat[range.value]))
      }
    }
  }

  /// Where each entry of the flat form begins, and its key and value.
  private struct Ranges: Sequence, IteratorProtocol {
    let flat: [UInt8]
    var cursor = 0

    mutating func next() -> (start: Int, key: Range<Int>, value: Range<Int>)? {
      guard cursor + 8 <= flat.count else { return nil }
      let start = cursor
      let keyLength = length(at: start)
      let valueStart = start + 8 + keyLength
      let end = valueStart + length(at: start + 4)
      guard end <= flat.count else { return nil }
      cursor = end
      return (start, start + 8..<valueStart, valueStart..<end)
    }

    private func length(at index: Int) -> Int {
      flat.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: index, as: UInt32.self)) }
    }
  }

  private var ranges: Ranges { Ranges(flat: flat) }
}

extension Metadata: ExpressibleByDictionaryLiteral {
  /// Metadata with these text values, in this order.
  public init(dictionaryLiteral elements: (String, String)...) {
    self.init()
    for (key, value) in elements { add(value, forKey: key) }
  }
}

extension Metadata: CustomStringConvertible {
  /// The keys alone: values may be credentials.
  public var description: String { "Metadata(keys: \(map(\.key)))" }
}
