import ProtobufWire

/// One input for the comparison, made from a seed.
struct WireCase {
  enum Kind: CaseIterable {
    /// An encoding, nearly always a valid one.
    case generated
    /// An encoding with a few bytes damaged.
    case mutated
    /// Two encodings that are merged.
    case merged
    /// Two encodings that are merged, one of them damaged.
    case mutatedMerge
  }

  /// How often each kind comes.
  private static let mix: [Kind] = [
    .generated, .mutated, .merged, .generated, .mutated, .generated, .mutated, .mutatedMerge,
  ]

  let kind: Kind
  let first: [UInt8]
  let second: [UInt8]

  init?(of type: any Message.Type, oracle: WireOracle, seed: UInt64) {
    guard let index = oracle.index(of: type.fullName) else { return nil }
    kind = Self.mix[Int(truncatingIfNeeded: seed & 0xffff) % Self.mix.count]
    let generated = oracle.generate(index, seed: seed)
    switch kind {
    case .generated, .merged: first = generated
    case .mutated, .mutatedMerge: first = oracle.mutate(index, generated, seed: ~seed)
    }
    switch kind {
    case .generated, .mutated: second = []
    case .merged, .mutatedMerge: second = oracle.generate(index, seed: seed ^ 1 << 63)
    }
  }
}

/// How many cases of each kind there were.
struct CaseTally: CustomStringConvertible {
  var failures = 0
  private var counts: [WireCase.Kind: Int] = [:]

  mutating func add(_ wireCase: WireCase) { counts[wireCase.kind, default: 0] += 1 }

  var description: String {
    let kinds = WireCase.Kind.allCases.map { "\($0) \(counts[$0, default: 0])" }
    return "\(counts.values.reduce(0, +)) (\(kinds.joined(separator: ", ")))"
  }
}
