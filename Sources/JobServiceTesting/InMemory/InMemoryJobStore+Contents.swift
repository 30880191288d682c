public import JobCloning

extension InMemoryJobStore {
  /// A number that every removal of a content makes greater.
  public func contentEpoch() async throws(StoreError) -> Int64 { try access { $0.epoch } }

  /// Marks those of the contents for removal that no live job refers to.
  public func markUnreferenced(_ contents: [StoredContent]) async throws(StoreError) {
    try access { $0.mark(contents) }
  }

  /// Contents that are marked for removal, oldest mark first.
  public func markedContents(limit: Int) async throws(StoreError) -> [StoredContent] {
    try access { Array($0.marks.prefix(max(0, limit))) }
  }

  /// Removes marked contents to which still no live job refers, and takes their marks away.
  ///
  /// A content keeps its mark until it is gone, and its mark refuses what is to depend on it: that
  /// does here what a transaction around `remove` does elsewhere.
  public func removeMarked(
    _ contents: [StoredContent],
    with remove: @escaping @Sendable (StoredContent) async throws(StoreError) -> Void
  ) async throws(StoreError) -> [StoredContent] {
    var removed: [StoredContent] = []
    for content in contents {
      let isFree = try access { state in
        guard state.marks.contains(content) else { return false }
        guard state.isReferenced(content) else { return true }
        state.marks.removeAll { $0 == content }
        return false
      }
      guard isFree else { continue }
      try await remove(content)
      try access { state in
        state.marks.removeAll { $0 == content }
        state.epoch += 1
      }
      removed.append(content)
    }
    return removed
  }
}
