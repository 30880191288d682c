internal import Crypto
internal import Glibc
internal import JobCloning
internal import NIOCore
internal import Synchronization

/// The body of one upload: hashed as it arrives, and written to a temporary file that becomes the
/// content's file once it proved to be exactly that content.
///
/// Without a file (the content is stored already) the body is only checked. The calls block.
/// The temporary file is locked while its upload lives, which tells it from one that a crash left
/// behind, also to another process that serves the same directory. Whoever makes an incoming file
/// ends it with ``commit(to:)`` or ``discard()``.
final class IncomingFile: Sendable {
  private struct State {
    var hash = SHA256()
    var file: OpenFile?
  }

  private struct OpenFile {
    let descriptor: Int32
    let path: String
  }

  private let content: ContentID
  private let state: Mutex<State>

  /// A body that is checked against a content and written to a new file in a folder.
  init(of content: ContentID, in folder: String) throws(SystemError) {
    self.content = content
    state = Mutex(State(file: try Self.createFile(in: folder)))
  }

  /// A body that is checked against a content, and not kept.
  init(checkedAgainst content: ContentID) {
    self.content = content
    state = Mutex(State())
  }

  deinit {
    discard()
  }

  /// Adds the next bytes of the body.
  func append(_ chunks: [ByteBuffer]) throws(SystemError) {
    let failure: SystemError? = state.withLock { state in
      for chunk in chunks {
        // SAFETY: the bytes are read within the closure only, while the buffer is alive.
        let failure: SystemError? = chunk.withUnsafeReadableBytes { bytes in
          state.hash.update(bufferPointer: bytes)
          guard let file = state.file else { return nil }
          do throws(SystemError) {
            try FileSystem.write(bytes, to: file.descriptor, named: file.path)
            return nil
          } catch {
            return error
          }
        }
        if let failure { return failure }
      }
      return nil
    }
    if let failure { throw failure }
  }

  /// Whether the bytes so far have the content's hash.
  func hasExpectedHash() -> Bool {
    state.withLock { Hexadecimal.encode($0.hash.finalize()) == content.sha256 }
  }

  /// Whether there is a file, which ``commit(to:)`` makes the content's.
  var isKept: Bool { state.withLock { $0.file != nil } }

  /// Makes the file the content's, durably: file, name, and every folder above it are on stable
  /// storage when this returns.
  ///
  /// - Returns: which file it is; nil when there is none, as the body was only checked.
  func commit(to location: ContentLayout.Location) throws(SystemError) -> FileStatus? {
    guard let file = takeFile() else { return nil }
    defer { close(file.descriptor) }
    do throws(SystemError) {
      guard fsync(file.descriptor) == 0 else { throw SystemError("sync \(file.path)") }
      if let folder = location.folders.last { try FileSystem.makeFolders(folder) }
      try location.project.write()
      try FileSystem.move(file.path, to: location.file)
    } catch {
      unlink(file.path)
      throw error
    }
    // Another upload may have made a folder and not synchronised it yet, so each one is.
    for folder in location.folders.reversed() { try FileSystem.synchronizeFolder(folder) }
    var status = stat()
    return fstat(file.descriptor, &status) == 0 ? FileStatus(status) : nil
  }

  /// Removes the temporary file, if there is one still.
  func discard() {
    guard let file = takeFile() else { return }
    unlink(file.path)
    close(file.descriptor)
  }

  private func takeFile() -> OpenFile? {
    state.withLock { state in
      let file = state.file
      state.file = nil
      return file
    }
  }

  /// Removes files that uploads of a crashed process left behind; those in use stay.
  ///
  /// - Parameter time: files that were written to at this second or later stay as well.
  static func removeAbandoned(
    in folder: String, lastWrittenBefore time: Int64 = .max
  ) throws(SystemError) {
    for name in try FileSystem.names(in: folder) where name.hasSuffix(suffix) {
      let path = folder + "/" + name
      guard let status = try FileSystem.status(of: path), status.lastWritten < time else {
        continue
      }
      let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
      guard descriptor >= 0 else { continue }
      defer { close(descriptor) }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
    }
  }

  private static let suffix = ".upload"

  private static func createFile(in folder: String) throws(SystemError) -> OpenFile {
    while true {
      let name = Hexadecimal.encode((0..<16).map { _ in UInt8.random(in: .min ... .max) })
      let path = folder + "/" + name + suffix
      let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else {
        if errno == EEXIST { continue }
        throw SystemError("create \(path)")
      }
      // Another process that starts just now may have found the file before it was locked.
      var status = stat()
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0, fstat(descriptor, &status) == 0,
        status.st_nlink > 0
      {
        return OpenFile(descriptor: descriptor, path: path)
      }
      close(descriptor)
      unlink(path)
    }
  }
}
