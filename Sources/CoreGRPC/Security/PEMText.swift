#if canImport(Glibc)
  internal import Glibc
#endif

/// The contents of a PEM file, as C takes them: up to the first zero byte.
struct PEMText: Sendable, Equatable {
  private static let maximumSize = 4 << 20

  /// The bytes with a zero byte at their end.
  let text: [CChar]

  /// Reads a whole regular file.
  ///
  /// - Parameter role: what the file is, for the error, as in "certificate chain".
  init(file: String, role: String) throws(ServerError) {
    // Not blocking: a named pipe would hold up the start for ever.
    let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Self.unreadable(file, role, Self.systemProblem) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw Self.unreadable(file, role, Self.systemProblem)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Self.unreadable(file, role, "it is not a regular file")
    }
    guard status.st_size <= Self.maximumSize else {
      throw Self.unreadable(file, role, "it is larger than \(Self.maximumSize) bytes")
    }
    var bytes = [CChar](repeating: 0, count: Int(status.st_size) + 1)
    var length = 0
    while length < bytes.count - 1 {
      // SAFETY: the count is what the buffer has from there, without its last byte.
      let count = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(descriptor, buffer.baseAddress?.advanced(by: length), buffer.count - 1 - length)
      }
      guard count >= 0 else { throw Self.unreadable(file, role, Self.systemProblem) }
      // Shorter by now: the checks will tell whether that is a whole file.
      guard count > 0 else { break }
      length += count
    }
    text = Array(bytes[..<length]) + [0]
  }

  private static var systemProblem: String { String(cString: strerror(errno)) }

  private static func unreadable(_ file: String, _ role: String, _ reason: String) -> ServerError {
    ServerError(.invalidCertificate, "Cannot read the \(role) \(file): \(reason).")
  }
}
