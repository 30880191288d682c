internal import JobCloning
internal import Synchronization

/// Contents by name, for the checks of a store: what is removed and when is all that matters.
final class FakeStorage: Sendable {
  private let stored = Mutex<Set<StoredContent>>([])
  private let failsSometimes: Bool

  /// A storage without contents.
  ///
  /// - Parameter failsSometimes: whether a removal now and then is reported as failed although the
  ///   content is gone, as it looks to the others when a process crashes in the middle.
  init(failsSometimes: Bool = false) {
    self.failsSometimes = failsSometimes
  }

  var contents: [StoredContent] { stored.withLock { Array($0) } }

  func add(_ content: StoredContent) { stored.withLock { _ = $0.insert(content) } }

  func has(_ content: StoredContent) -> Bool { stored.withLock { $0.contains(content) } }

  @Sendable func remove(_ content: StoredContent) async throws(StoreError) {
    await Task.yield()
    stored.withLock { _ = $0.remove(content) }
    if failsSometimes, Int.random(in: 0..<3) == 0 {
      throw StoreError(.unavailable, "a crash")
    }
  }
}
