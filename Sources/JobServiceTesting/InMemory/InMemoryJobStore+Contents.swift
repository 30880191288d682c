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
  /// Whoever creates or changes a job waits while `remove` runs: that does here what a transaction
  /// does elsewhere.
  public func removeMarked(
    _ contents: [StoredContent],
    with remove: @escaping @Sendable (StoredContent) async throws(StoreError) -> Void
  ) async throws(StoreError) -> [StoredContent] {
    var removed: [StoredContent] = []
    var firstError: StoreError?
    for content in contents where try await beginRemoval(of: content) {
      do throws(StoreError) {
        try await remove(content)
        endRemoval(of: content, isGone: true)
        removed.append(content)
      } catch {
        endRemoval(of: content, isGone: false)
        firstError = firstError ?? error
      }
    }
    if removed.isEmpty, let firstError { throw firstError }
    return removed
  }

  /// Makes whoever changes references wait; false, and nobody does, when the content stays.
  private func beginRemoval(of content: StoredContent) async throws(StoreError) -> Bool {
    try await accessBetweenRemovals { state in
      guard state.beginRemoval(of: content) else { return false }
      state.waiting = []
      return true
    }
  }
}
