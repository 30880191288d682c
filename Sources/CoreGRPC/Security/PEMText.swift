internal import Safeguards

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
  /// - Parameters:
  ///   - file: its path.
  ///   - role: what the file is, for the error, as in "certificate chain".
  ///   - isSecret: whether others than its owner and its group must not use it, nor the group
  ///     write it.
  init(file: String, role: String, isSecret: Bool = false) throws(ServerError) {
    let reason: String
    do throws(GuardedReading.Fault) {
      let bytes = try GuardedReading.bytes(
        of: file, forbidden: isSecret ? 0o027 : 0,
        advice: "chmod 600 it, or 640 for a group of readers", limit: Self.maximumSize)
      if let bytes {
        text = bytes.map { CChar(bitPattern: $0) } + [0]
        return
      }
      reason = String(cString: strerror(ENOENT))
    } catch {
      switch error {
      case .system(_, let number): reason = String(cString: strerror(number))
      case .wrong(let what): reason = what.hasPrefix("is ") ? "it \(what)" : what
      }
    }
    throw ServerError(.invalidCertificate, "Cannot read the \(role) \(file): \(reason).")
  }
}
