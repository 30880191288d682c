internal import Glibc
internal import JobCloning

/// A failed system call on a file.
struct SystemError: Error, CustomStringConvertible {
  /// The call and what it was made on, as in `open /var/lib/jobs/contents/tmp`.
  let operation: String
  /// `errno` after it.
  let number: Int32

  /// The error that the last system call of this thread left in `errno`.
  init(_ operation: String) {
    number = errno
    self.operation = operation
  }

  /// An error with a known number.
  init(_ operation: String, number: Int32) {
    self.number = number
    self.operation = operation
  }

  var description: String { "\(operation): \(String(cString: strerror(number)))" }

  /// The error as users of the storage see it.
  var storeError: StoreError {
    switch number {
    case ENOSPC, EDQUOT, EFBIG: StoreError(.full, description)
    case EACCES, EPERM, EROFS, ENOTDIR, ELOOP, ENAMETOOLONG:
      StoreError(.misconfigured, description)
    default: StoreError(.unavailable, description)
    }
  }
}
