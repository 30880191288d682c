internal import JobCloning
internal import Synchronization

/// Contents that this process knows to be stored durably, so that asking again costs no disk.
///
/// Only presence is remembered: a content that was absent may be uploaded at any time, through
/// another process too. Contents are not removed yet; whatever comes to remove them has to forget
/// them here first, in every process that serves the directory.
final class StoredContents: Sendable {
  private struct Key: Hashable {
    let content: ContentID
    let projectID: String
  }

  private let capacity: Int
  private let known = Mutex<Set<Key>>([])

  /// An empty memory for this many contents; about 250 bytes each.
  init(capacity: Int = 65_536) {
    self.capacity = capacity
  }

  /// Those of the contents that are known to be stored in the project.
  func known(among contents: Set<ContentID>, in projectID: String) -> Set<ContentID> {
    known.withLock { known in
      contents.filter { known.contains(Key(content: $0, projectID: projectID)) }
    }
  }

  /// Remembers that a content is stored in the project.
  func insert(_ content: ContentID, in projectID: String) {
    known.withLock { known in
      // Starting over is rare and cheap: each content costs one look at the disk again.
      if known.count >= capacity { known.removeAll(keepingCapacity: true) }
      known.insert(Key(content: content, projectID: projectID))
    }
  }
}
