internal import Foundation
internal import JobCloning
internal import Synchronization

/// Keeps those who change the keys of a database from those who use it.
///
/// It lies on the file `<path>.lock`, which holds nothing and stays. The system lets go of it when
/// the process ends, however it does.
final class StoreLock: Sendable {
  /// Who may have the lock at the same time.
  enum Mode: Sendable {
    /// Any number of stores.
    case shared
    /// This one alone.
    case exclusive
  }

  private let descriptor: Mutex<Int32?>

  /// Takes the lock; blocks for some seconds while another has it who must not.
  init(
    database: String, _ mode: Mode, patience: TimeInterval = DatabaseOpening.busyTimeout
  ) throws(StoreError) {
    let path = database + ".lock"
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw StoreError(
        .misconfigured,
        "jobs database \(database): its lock \(path) cannot be opened: "
          + String(cString: strerror(errno)))
    }
    self.descriptor = Mutex(descriptor)
    let deadline = Date(timeIntervalSinceNow: mode == .shared ? patience : 0)
    let operation = (mode == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB
    while flock(descriptor, operation) != 0 {
      let number = errno
      if number == EINTR { continue }
      guard number == EWOULDBLOCK else {
        throw StoreError(
          .misconfigured,
          "jobs database \(database): it cannot be locked: \(String(cString: strerror(number)))")
      }
      guard Date() < deadline else {
        throw StoreError(
          .unavailable,
          mode == .shared
            ? "jobs database \(database): its keys are being changed; try again when that is over"
            : "jobs database \(database): a server uses it; stop every server on it first")
      }
      Thread.sleep(forTimeInterval: 0.02)
    }
  }

  deinit { release() }

  /// Gives the lock up; again is no harm.
  func release() {
    descriptor.withLock { descriptor in
      if let descriptor { close(descriptor) }
      descriptor = nil
    }
  }
}
