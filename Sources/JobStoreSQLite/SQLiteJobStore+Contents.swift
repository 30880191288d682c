internal import Dispatch
public import JobCloning
internal import Synchronization

extension SQLiteJobStore {
  /// Contents that are removed in one transaction at the most: while they are, nobody else writes.
  private static let removalSize = 16

  /// A number that every removal of a content makes greater.
  public func contentEpoch() async throws(StoreError) -> Int64 {
    try await read { try ContentRemoval.epoch(in: $0) }
  }

  /// Marks those of the contents for removal that no live job refers to.
  public func markUnreferenced(_ contents: [StoredContent]) async throws(StoreError) {
    guard !contents.isEmpty else { return }
    try await write { database in
      for content in contents { try ContentRemoval.mark(content, in: database) }
    }
  }

  /// Contents that are marked for removal, oldest mark first.
  public func markedContents(limit: Int) async throws(StoreError) -> [StoredContent] {
    try await read { try ContentRemoval.marked(limit: limit, in: $0) }
  }

  /// Removes marked contents to which still no live job refers, and takes their marks away.
  ///
  /// Nobody writes to the database while `remove` runs, so it must not write to this store, and
  /// should take no longer than a local disk does. A few contents at a time are removed, and other
  /// writers get their turn in between.
  ///
  /// - Returns: those that were removed; the others have a reference, no mark any more, or were
  ///   refused by `remove`, in which case they keep their mark.
  /// - Throws: what `remove` threw first, if it removed none of the contents.
  public func removeMarked(
    _ contents: [StoredContent],
    with remove: @escaping @Sendable (StoredContent) async throws(StoreError) -> Void
  ) async throws(StoreError) -> [StoredContent] {
    var removed: [StoredContent] = []
    var seen: Set<StoredContent> = []
    let contents = contents.filter { seen.insert($0).inserted }
    let call = BlockingCall()
    for start in stride(from: 0, to: contents.count, by: Self.removalSize) {
      let part = Array(contents[start..<min(start + Self.removalSize, contents.count)])
      let begun = try await write { try ContentRemoval.begin(part, in: $0) }
      guard !begun.isEmpty else { continue }
      removed += try await write { database in
        try ContentRemoval.complete(begun, in: database) { content in
          call.succeeds { () async throws(StoreError) in try await remove(content) }
        }
      }
    }
    if removed.isEmpty, let error = call.error { throw error }
    return removed
  }
}

/// Runs asynchronous work while this thread waits, and remembers the first error.
///
/// Only for the writer's thread: it is none of those that tasks run on, so they cannot run out.
private final class BlockingCall: Sendable {
  private let outcome = Mutex<Result<Void, StoreError>?>(nil)
  private let firstError = Mutex<StoreError?>(nil)
  private let done = DispatchSemaphore(value: 0)

  var error: StoreError? { firstError.withLock { $0 } }

  /// Whether the work succeeded.
  func succeeds(_ work: @escaping @Sendable () async throws(StoreError) -> Void) -> Bool {
    Task {
      let result: Result<Void, StoreError>
      do throws(StoreError) {
        try await work()
        result = .success(())
      } catch {
        result = .failure(error)
      }
      outcome.withLock { $0 = result }
      done.signal()
    }
    done.wait()
    switch outcome.withLock({ $0 }) {
    case .failure(let error):
      firstError.withLock { $0 = $0 ?? error }
      return false
    case .success: return true
    case nil: return false
    }
  }
}
