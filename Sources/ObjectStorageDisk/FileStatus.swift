internal import Glibc

/// What the system tells of a regular file.
struct FileStatus: Sendable, Equatable {
  /// How many bytes it has.
  let size: Int64
  /// When it was last written to, in seconds since 1970.
  let lastWritten: Int64
  private let device: UInt64
  private let number: UInt64
  /// Seconds and nanoseconds of the last change of its name or its bytes: a number is given again
  /// once its file is removed, and this tells the two files apart.
  private let changed: [Int]

  /// What a call of `stat` and its kin returned.
  init(_ status: stat) {
    size = Int64(status.st_size)
    lastWritten = Int64(status.st_mtim.tv_sec)
    device = UInt64(status.st_dev)
    number = UInt64(status.st_ino)
    changed = [status.st_ctim.tv_sec, status.st_ctim.tv_nsec]
  }
}
