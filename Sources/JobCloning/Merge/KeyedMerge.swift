/// A keyed list after the merge, and where each of its entries came from (clone-semantics §1,
/// rule 3).
///
/// A match is replaced whole and keeps its position, entries with new keys follow in the request's
/// order. The merge itself refuses nothing: what it found is kept for the checks. Of two entries of
/// the request with one key the first counts.
struct KeyedMerge: Sendable {
  /// For each merged entry the index of the request's entry that it is, or nil if it is the
  /// source's; empty when the request has none.
  private(set) var origins: [Int?] = []
  /// The request's entries whose key the source does not have.
  private(set) var additions: [Int] = []
  /// The request's entries whose key an earlier entry of the request has.
  private(set) var duplicates: [Int] = []

  /// Merges the request's entries into the source's.
  init<Entry: KeyedEntry>(_ overrides: [Entry], into entries: inout [Entry]) {
    guard !overrides.isEmpty else { return }
    origins = [Int?](repeating: nil, count: entries.count)
    var positions: [MergeKey: Int] = [:]
    positions.reserveCapacity(entries.count + overrides.count)
    for (position, entry) in entries.enumerated() {
      let key = entry.mergeKey
      if let first = positions.updateValue(position, forKey: key) { positions[key] = first }
    }
    for (index, override) in overrides.enumerated() {
      let key = override.mergeKey
      guard let position = positions[key] else {
        positions[key] = entries.count
        entries.append(override)
        origins.append(index)
        additions.append(index)
        continue
      }
      guard origins[position] == nil else {
        duplicates.append(index)
        continue
      }
      entries[position] = override
      origins[position] = index
    }
  }

  /// The index of the request's entry that the merged entry at this position is, or nil.
  func origin(of position: Int) -> Int? {
    position < origins.count ? origins[position] : nil
  }
}

extension KeyedMerge {
  /// Shows the entries of the merged list that the request brought, in the request's order with
  /// their indexes in the request; or else those that it did not, with their positions.
  func each<Entry>(
    _ request: [Entry], _ merged: [Entry], touched: Bool, _ body: (Entry, Int) -> Void
  ) {
    if touched {
      var skipped = duplicates[...]
      for (index, entry) in request.enumerated() {
        if index == skipped.first { skipped.removeFirst() } else { body(entry, index) }
      }
    } else {
      for (position, entry) in merged.enumerated() where origin(of: position) == nil {
        body(entry, position)
      }
    }
  }
}
