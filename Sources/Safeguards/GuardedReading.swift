internal import Foundation

/// Reads files that decide who may do what, or prove who somebody is: whole, regular, of bounded
/// size, and only when nobody else may use them.
package enum GuardedReading {
  /// Why a file was not read.
  package enum Fault: Error {
    /// A system call failed with this error number.
    case system(_ what: String, _ number: Int32)
    /// The file is not what it should be.
    case wrong(String)
  }

  /// Everything in the file, or nil when there is none; blocks.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - forbidden: permissions that the file must not have.
  ///   - advice: what helps against them.
  ///   - limit: how many bytes at the most.
  package static func bytes(
    of path: String, forbidden: UInt32, advice: String, limit: Int
  ) throws(Fault) -> [UInt8]? {
    // Not blocking: a named pipe would hold up the start for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw .system("cannot be opened", errno)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system("cannot be examined", errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .wrong("is not a regular file") }
    guard status.st_mode & forbidden == 0 else {
      let mode = String(status.st_mode & 0o777, radix: 8)
      throw .wrong("too many may use it (mode \(mode)); \(advice)")
    }
    var contents: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = Foundation.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .system("cannot be read", errno) }
      guard count > 0 else { return contents }
      contents += buffer[..<count]
      guard contents.count <= limit else { throw .wrong("is longer than \(limit) bytes") }
    }
  }
}
