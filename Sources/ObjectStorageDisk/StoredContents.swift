internal import JobCloning
internal import Synchronization

/// Contents whose file and folders this process knows to be on stable storage, so that asking again
/// costs one look at the file and no synchronisation.
///
/// What is remembered is the very file that was synchronised: a content may be removed at any time,
/// and uploaded again, by another process too. So the file is looked at each time, and another file
/// of the same name counts as new.
final class StoredContents: Sendable {
  private let capacity: Int
  private let known = Mutex<[StoredContent: FileStatus]>([:])

  /// An empty memory for this many contents; about 300 bytes each.
  init(capacity: Int = 65_536) {
    self.capacity = capacity
  }

  /// Whether this file of a content is known to be durable.
  func isKnown(_ content: StoredContent, as file: FileStatus) -> Bool {
    known.withLock { $0[content] == file }
  }

  /// Remembers that this file of a content is durable.
  func insert(_ content: StoredContent, as file: FileStatus) {
    known.withLock { known in
      // Starting over is rare and cheap: each content costs one synchronisation again.
      if known.count >= capacity { known.removeAll(keepingCapacity: true) }
      known[content] = file
    }
  }

  /// Forgets a content that is removed.
  func remove(_ content: StoredContent) {
    known.withLock { _ = $0.removeValue(forKey: content) }
  }
}
