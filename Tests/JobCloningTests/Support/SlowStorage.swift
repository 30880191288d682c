import JobCloning
import JobServiceTesting
import Synchronization

/// An object storage whose answers wait until the test lets them go.
final class SlowStorage: ObjectStorage {
  private struct State {
    var isHeld = true
    var held: [CheckedContinuation<StoreError?, Never>] = []
    var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    var asked = 0
  }

  /// What is stored.
  let base = InMemoryObjectStorage()
  private let state = Mutex(State())

  /// How many questions wait for their answer.
  var held: Int { state.withLock { $0.held.count } }

  /// How many questions were asked.
  var asked: Int { state.withLock { $0.asked } }

  /// Answers the questions that wait, all with this error if there is one, and holds later ones.
  func answer(_ error: StoreError? = nil) {
    let held = state.withLock { state in
      defer { state.held = [] }
      return state.held
    }
    for question in held { question.resume(returning: error) }
  }

  /// Answers the question that waits longest.
  func answerFirst(_ error: StoreError? = nil) {
    let first = state.withLock { $0.held.isEmpty ? nil : $0.held.removeFirst() }
    first?.resume(returning: error)
  }

  /// Answers everything from now on.
  func open() {
    state.withLock { $0.isHeld = false }
    answer()
  }

  /// Returns once so many questions wait for their answer.
  func waitForQuestions(_ count: Int = 1) async {
    await withCheckedContinuation { continuation in
      let isEnough = state.withLock { state in
        if state.held.count >= count { return true }
        state.watchers.append((count, continuation))
        return false
      }
      if isEnough { continuation.resume() }
    }
  }

  func stored(
    among contents: Set<ContentID>, in projectID: String
  ) async throws(StoreError) -> Set<ContentID> {
    let error = await withCheckedContinuation { continuation in
      let (isOpen, watchers) = state.withLock { state in
        state.asked += 1
        guard state.isHeld else { return (true, [CheckedContinuation<Void, Never>]()) }
        state.held.append(continuation)
        let satisfied = state.watchers.filter { $0.count <= state.held.count }
        state.watchers.removeAll { $0.count <= state.held.count }
        return (false, satisfied.map(\.continuation))
      }
      for watcher in watchers { watcher.resume() }
      if isOpen { continuation.resume(returning: nil) }
    }
    if let error { throw error }
    return try await base.stored(among: contents, in: projectID)
  }

  func uploadURL(
    for content: ContentID, in projectID: String, expiry: Int64
  ) throws(StoreError) -> String {
    try base.uploadURL(for: content, in: projectID, expiry: expiry)
  }

  func downloadURL(
    for content: ContentID, in projectID: String, expiry: Int64
  ) throws(StoreError) -> String {
    try base.downloadURL(for: content, in: projectID, expiry: expiry)
  }

  func remove(_ content: ContentID, in projectID: String) async throws(StoreError) {
    try await base.remove(content, in: projectID)
  }

  func contents(
    storedBefore time: Int64, after content: StoredContent?, limit: Int
  ) async throws(StoreError) -> [StoredContent] {
    try await base.contents(storedBefore: time, after: content, limit: limit)
  }

  func dropUnfinishedUploads(startedBefore time: Int64) async throws(StoreError) {
    try await base.dropUnfinishedUploads(startedBefore: time)
  }
}
