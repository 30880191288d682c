internal import Foundation
internal import JobCloning
internal import Logging

/// The directory that a server keeps jobs, contents and keys in: for its owner, and perhaps a group
/// that reads.
struct DataDirectory {
  let path: String

  /// The jobs database in it.
  var database: String { path + "/jobs.sqlite" }

  /// Permissions that the directory must not have: whoever can write it can put files in the place
  /// of the server's.
  private static let writers: mode_t = 0o022
  private static let others: mode_t = 0o005

  /// Makes the directory for its owner alone, if it is missing, and looks who may use it; blocks.
  ///
  /// One that belongs to the server and holds its database, or nothing, is closed to others who
  /// might read it: tools make directories that way. Any other that is open is refused.
  func prepare(logger: Logger) throws(StoreError) {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw StoreError(
        .misconfigured, "The data directory \(path) cannot be made or is not a directory.")
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
    guard descriptor >= 0 else { throw fault("cannot be opened") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw fault("cannot be examined") }
    let mode = status.st_mode & 0o7777
    let excess = mode & (Self.writers | Self.others)
    if excess == 0 { return }
    guard excess & Self.writers == 0, status.st_uid == geteuid(), isOurs else {
      throw StoreError(
        .misconfigured,
        "The data directory \(path) is open to others (mode \(octal(mode))). Close it with "
          + "`chmod 700 \(path)`, or give the server a directory of its own.")
    }
    guard fchmod(descriptor, mode & ~excess) == 0 else { throw fault("cannot be closed to others") }
    logger.notice(
      "data directory closed to others",
      metadata: [
        "directory": "\(path)", "mode": "\(octal(mode & ~excess))", "before": "\(octal(mode))",
      ])
  }

  /// Whether there is the server's database, or nothing at all.
  private var isOurs: Bool {
    if FileManager.default.fileExists(atPath: database) { return true }
    return (try? FileManager.default.contentsOfDirectory(atPath: path).isEmpty) ?? false
  }

  private func octal(_ mode: mode_t) -> String { String(mode, radix: 8) }

  private func fault(_ what: String) -> StoreError {
    StoreError(
      .misconfigured,
      "The data directory \(path) \(what): \(String(cString: strerror(errno))).")
  }
}
