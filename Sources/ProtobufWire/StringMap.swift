/// A protobuf `map<string, string>`: pairs with unique keys, kept in the order of encoding.
///
/// That is the order of the official runtime's deterministic encoding: ascending by the keys' UTF-8
/// bytes, and a key that continues another one before it (`ab` before `a`).
///
/// An array of pairs decodes and encodes faster than a dictionary. A lookup is a binary search; a
/// new key moves the pairs behind it.
@frozen
public struct StringMap: Sendable {
  // Frozen, so that other modules set the initial value themselves, without a call.

  /// A tuple would do, but an array of tuples is destroyed through the runtime's generic code.
  @frozen @usableFromInline
  struct Pair: Sendable {
    @usableFromInline var key: String
    @usableFromInline var value: String
  }

  @usableFromInline var pairs: [Pair] = []

  /// Creates an empty map.
  @inlinable
  public init() {}

  /// Creates a map; of equal keys the last one wins.
  public init(_ pairs: some Sequence<(key: String, value: String)>) {
    self.pairs = pairs.map { Pair(key: $0.key, value: $0.value) }
    restoreOrder()
  }

  /// The value of a key, or nil; setting nil removes the key.
  public subscript(key: String) -> String? {
    get {
      let index = insertionIndex(of: key)
      return isKey(key, at: index) ? pairs[index].value : nil
    }
    set {
      let index = insertionIndex(of: key)
      switch (newValue, isKey(key, at: index)) {
      case (let value?, true): pairs[index].value = value
      case (let value?, false): pairs.insert(Pair(key: key, value: value), at: index)
      case (nil, true): pairs.remove(at: index)
      case (nil, false): break
      }
    }
  }

  /// Adds the pairs of another map, whose values replace those of equal keys.
  public mutating func merge(_ other: StringMap) {
    pairs += other.pairs
    restoreOrder()
  }

  /// The same pairs as a dictionary; of keys that Swift holds equal (`é` in its two Unicode forms)
  /// the last one wins.
  public var dictionary: [String: String] {
    Dictionary(pairs.map { ($0.key, $0.value) }) { _, last in last }
  }

  private func isKey(_ key: String, at index: Int) -> Bool {
    index < pairs.count && !Self.precedes(key, pairs[index].key)
  }

  /// The index of the first pair whose key does not precede `key`.
  private func insertionIndex(of key: String) -> Int {
    var lower = 0
    var upper = pairs.count
    while lower < upper {
      let middle = (lower + upper) / 2
      if Self.precedes(pairs[middle].key, key) { lower = middle + 1 } else { upper = middle }
    }
    return lower
  }

  /// Compares UTF-8 bytes as the type's documentation says; `String` itself compares in Unicode's
  /// canonical order, where different bytes can be equal.
  private static func precedes(_ left: String, _ right: String) -> Bool {
    precedes(left.utf8.span, right.utf8.span)
  }

  /// The same, of keys in an encoding.
  static func precedes(
    _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    precedes(left.span, right.span)
  }

  @inline(__always)
  private static func precedes(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
    for index in 0..<Swift.min(left.count, right.count) where left[index] != right[index] {
      return left[index] < right[index]
    }
    return left.count > right.count
  }
}

// MARK: - Filling by the decoder

extension StringMap {
  mutating func reserveCapacity(_ capacity: Int) { pairs.reserveCapacity(capacity) }

  /// Appends a pair without regard to order; ``restoreOrder()`` must follow.
  mutating func appendUnordered(_ pair: consuming Pair) { pairs.append(pair) }

  /// Sorts the pairs and drops all but the last of those with equal keys, unless all is well.
  mutating func restoreOrder() {
    let isOrdered = pairs.indices.dropFirst().allSatisfy { index in
      Self.precedes(pairs[index - 1].key, pairs[index].key)
    }
    guard !isOrdered else { return }
    let sorted = pairs.indices.sorted { left, right in
      if Self.precedes(pairs[left].key, pairs[right].key) { return true }
      if Self.precedes(pairs[right].key, pairs[left].key) { return false }
      return left < right
    }
    var unique: [Pair] = []
    unique.reserveCapacity(sorted.count)
    for index in sorted {
      if let last = unique.last, !Self.precedes(last.key, pairs[index].key) { unique.removeLast() }
      unique.append(pairs[index])
    }
    pairs = unique
  }
}

extension StringMap: RandomAccessCollection {
  /// The position of the first pair.
  public var startIndex: Int { 0 }
  /// The position behind the last pair.
  public var endIndex: Int { pairs.count }
  /// The pair at a position, in order of keys.
  public subscript(position: Int) -> (key: String, value: String) {
    (pairs[position].key, pairs[position].value)
  }
}

extension StringMap: Hashable {
  /// Whether both maps hold the same keys with the same values.
  public static func == (left: StringMap, right: StringMap) -> Bool {
    left.elementsEqual(right) { $0 == $1 }
  }

  /// Feeds the pairs in order of keys.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(count)
    for (key, value) in self {
      hasher.combine(key)
      hasher.combine(value)
    }
  }
}

extension StringMap: ExpressibleByDictionaryLiteral {
  /// Creates a map from a literal; of equal keys the last one wins.
  public init(dictionaryLiteral elements: (String, String)...) {
    self.init(elements.lazy.map { (key: $0.0, value: $0.1) })
  }
}

extension StringMap: CustomStringConvertible {
  /// The pairs as a dictionary literal.
  public var description: String {
    isEmpty ? "[:]" : "[" + map { "\"\($0)\": \"\($1)\"" }.joined(separator: ", ") + "]"
  }
}
