internal import JobMessages
internal import Logging
internal import Synchronization

extension Housekeeper {
  /// How many contents are removed at once: a store lets nobody write meanwhile.
  private static let removalBatch = 10

  /// Marks contents that no job refers to and that are older than any upload that might be meant
  /// for one.
  func markOrphans(at now: ProtobufTimestamp) async throws(StoreError) {
    let time = now.seconds - cloner.policy.uploadURLLifetime - rules.orphanMargin
    for _ in 0..<rules.pagesPerSweep where !Task.isCancelled {
      let page = try await cloner.objects.contents(
        storedBefore: time, after: cursors.withLock { $0.orphans }, limit: rules.pageSize)
      if !page.isEmpty { try await cloner.store.markUnreferenced(page) }
      let isLast = page.count < rules.pageSize
      cursors.withLock { $0.orphans = isLast ? nil : page.last }
      if isLast { return }
    }
  }

  /// Removes the contents that are marked, and that still no job refers to.
  func removeContents(_ sweep: inout Sweep) async throws(StoreError) {
    var fault: StoreError?
    let marked = try await cloner.store.markedContents(
      limit: rules.pageSize * rules.pagesPerSweep)
    for start in stride(from: 0, to: marked.count, by: Self.removalBatch) {
      if Task.isCancelled { return }
      let batch = Array(marked[start...].prefix(Self.removalBatch))
      do throws(StoreError) {
        let removed = try await cloner.remove(batch)
        sweep.removedContents += removed.count
        logger.debug("contents removed", metadata: ["count": "\(removed.count)"])
      } catch {
        // A content that cannot be removed must not hold up the others.
        fault = error
      }
      await Task.yield()
    }
    if let fault { throw fault }
  }
}

extension JobCloner {
  /// Removes those of the contents that are marked for it and that still no job refers to.
  func remove(_ contents: [StoredContent]) async throws(StoreError) -> [StoredContent] {
    try await store.removeMarked(contents) { [objects] content async throws(StoreError) in
      try await objects.remove(content.content, in: content.projectID)
    }
  }
}
