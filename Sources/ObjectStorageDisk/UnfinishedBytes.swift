internal import Synchronization

/// How many bytes of unfinished uploads lie on the disk, and how many may.
///
/// A single upload always has room: whether a file may be that large is not decided here. Safe to use
/// from any thread.
final class UnfinishedBytes: Sendable {
  private let limit: Int64
  private let total = Mutex<Int64>(0)

  /// A count from zero.
  ///
  /// - Parameter limit: the most bytes of all unfinished uploads together.
  init(limit: Int64) { self.limit = limit }

  /// Whether an upload of this size might find room, as things stand.
  func hasRoom(for size: Int64) -> Bool {
    total.withLock { $0 == 0 || $0 <= limit - min(size, limit) }
  }

  /// Adds bytes of an upload that has `own` bytes so far; false, and nothing is added, beyond the
  /// limit.
  func add(_ bytes: Int64, own: Int64) -> Bool {
    total.withLock { total in
      guard total + bytes <= limit || total == own else { return false }
      total += bytes
      return true
    }
  }

  /// Takes off the bytes of an upload that has ended.
  func remove(_ bytes: Int64) { total.withLock { $0 -= bytes } }
}
