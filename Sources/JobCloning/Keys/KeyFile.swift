internal import Crypto
internal import Foundation

/// A file of keys: a line `<number>:<64 hexadecimal digits>` for each, the greatest one current.
///
/// Empty lines and lines that begin with `#` mean nothing.
struct KeyFile {
  let path: String

  private static let header = """
    # Keys that seal passwords and sign URLs; the greatest number is current, the others still open.
    # Whoever has this file can read the passwords in the store. Keep it as long as the store.

    """

  /// The keys in the file, or nil when there is none.
  func read() throws(StoreError) -> KeyRing? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw fault("cannot be opened")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw fault("cannot be examined") }
    guard status.st_mode & S_IFMT == S_IFREG else { throw wrong("is not a regular file") }
    guard status.st_mode & 0o077 == 0 else {
      let mode = String(status.st_mode & 0o777, radix: 8)
      throw wrong("others than its owner may use it (mode \(mode)); chmod 600 it")
    }
    guard status.st_size <= 1 << 20 else { throw wrong("is too long for a file of keys") }
    let text = try contents(of: descriptor)
    try syncDirectory()
    return try parse(text)
  }

  /// Makes the file with these keys, unless there is one already.
  func create(_ keys: KeyRing) throws(StoreError) {
    let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
    let temporary = "\(path).\(getpid()).\(suffix)"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw fault("cannot be made") }
    defer {
      close(descriptor)
      unlink(temporary)
    }
    try write(Array(Self.text(of: keys).utf8), to: descriptor)
    guard fchmod(descriptor, 0o600) == 0, fsync(descriptor) == 0 else {
      throw fault("cannot be written")
    }
    // A link, unlike a rename, refuses to take the place of a file that another process made first.
    guard link(temporary, path) == 0 || errno == EEXIST else { throw fault("cannot be made") }
    try syncDirectory()
  }

  /// The lines that stand for these keys.
  static func text(of keys: KeyRing) -> String {
    ([keys.current] + keys.previous).reduce(into: header) { text, key in
      text += "\(key.id):\(key.secret.withUnsafeBytes { Hexadecimal.encode($0) })\n"
    }
  }

  private func parse(_ text: [UInt8]) throws(StoreError) -> KeyRing {
    var keys: [KeyRing.Key] = []
    let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, bytes) in lines.enumerated() {
      let line = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespaces)
      if line.isEmpty || line.hasPrefix("#") { continue }
      // What stands in the line stays out of the message: it may be most of a key.
      let malformed = wrong("line \(index + 1) is not <number>:<64 hexadecimal digits>")
      let parts = line.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      guard parts.count == 2, let id = Substring(parts[0]).utf8Number,
        let secret = Hexadecimal.decode(Substring(parts[1]).lowercased()), secret.count == 32
      else { throw malformed }
      guard !keys.contains(where: { $0.id == id }) else {
        throw wrong("line \(index + 1): there is a key \(id) already")
      }
      keys.append(KeyRing.Key(id: id, secret: .init(data: secret)))
    }
    keys.sort { $0.id > $1.id }
    guard let current = keys.first else { throw wrong("holds no key") }
    return KeyRing(current: current, previous: Array(keys.dropFirst()))
  }

  // MARK: System calls

  private func contents(of descriptor: Int32) throws(StoreError) -> [UInt8] {
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = Foundation.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw fault("cannot be read") }
      guard count > 0 else { return text }
      text += buffer[..<count]
    }
  }

  private func write(_ bytes: [UInt8], to descriptor: Int32) throws(StoreError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw fault("cannot be written") }
      rest = rest.dropFirst(count)
    }
  }

  /// Makes the file's name durable, whoever made it: a key in use must survive a power cut.
  private func syncDirectory() throws(StoreError) {
    let directory = (path as NSString).deletingLastPathComponent
    let descriptor = open(directory.isEmpty ? "." : directory, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
    guard descriptor >= 0 else { throw fault("its directory cannot be opened") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw fault("its directory cannot be synchronised") }
  }

  // MARK: Errors

  private func wrong(_ what: String) -> StoreError {
    StoreError(.misconfigured, "key file \(path): \(what)")
  }

  /// The error of the system call that has just failed.
  private func fault(_ what: String) -> StoreError {
    let number = errno
    let code: StoreError.Code =
      switch number {
      case ENOSPC, EDQUOT: .full
      case EIO, EINTR, EAGAIN, ENFILE, EMFILE, ENOMEM: .unavailable
      default: .misconfigured
      }
    return StoreError(code, "key file \(path): \(what): \(String(cString: strerror(number)))")
  }
}

extension Substring {
  /// The decimal number that this is, without sign or leading zero.
  fileprivate var utf8Number: UInt32? {
    guard let first = utf8.first, first != UInt8(ascii: "0"), first != UInt8(ascii: "+") else {
      return nil
    }
    return UInt32(self)
  }
}
