internal import Dispatch
internal import Foundation
internal import NIOCore

/// A regular file of this machine, open for reading: no pipe, device or folder, whatever is put in
/// its place afterwards.
///
/// The descriptor is closed with the last reference.
final class RegularFile: Sendable {
  /// Bytes that are read at once.
  static let chunkSize = 128 << 10

  let path: String
  /// How many bytes it had when it was opened.
  let size: Int64
  private let descriptor: Int32

  /// Opens a file, through symbolic links as well.
  init(path: String) throws(LocalFileError) {
    guard !path.utf8.contains(0) else { throw LocalFileError("\(path): no such file.") }
    // Without O_NONBLOCK a named pipe would wait for somebody who writes to it.
    let opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard opened >= 0 else {
      throw LocalFileError(
        errno == ENOENT
          ? "\(path): no such file."
          : "\(path) cannot be read: \(String(cString: strerror(errno))).")
    }
    var status = stat()
    let isKnown = fstat(opened, &status) == 0
    guard isKnown, status.st_mode & S_IFMT == S_IFREG else {
      close(opened)
      throw LocalFileError(
        status.st_mode & S_IFMT == S_IFDIR
          ? "\(path) is a directory; jobs take files only. Pack it first."
          : "\(path) is not a regular file; jobs take no pipes and devices.")
    }
    descriptor = opened
    self.path = path
    size = Int64(status.st_size)
  }

  deinit { close(descriptor) }

  /// The bytes from a place on, at most one chunk, none at the end; blocks.
  func chunk(at offset: Int64) throws(LocalFileError) -> [UInt8] {
    while true {
      var count = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: Self.chunkSize) { buffer, initialized in
        // SAFETY: the buffer has room for a chunk, and at most that is written.
        count = pread(descriptor, buffer.baseAddress, Self.chunkSize, off_t(offset))
        initialized = max(0, count)
      }
      if count >= 0 { return bytes }
      guard errno == EINTR else {
        throw LocalFileError("\(path) cannot be read: \(String(cString: strerror(errno))).")
      }
    }
  }
}

/// The bytes of a file as a body of known length, which tells how far it is.
struct FileBody: AsyncSequence, Sendable {
  let file: RegularFile
  /// How many bytes the body has.
  let size: Int64
  /// Told how many bytes have been asked for so far.
  let report: @Sendable (Int64) -> Void

  struct AsyncIterator: AsyncIteratorProtocol {
    let body: FileBody
    var offset: Int64 = 0

    mutating func next() async throws -> ByteBuffer? {
      // Asked for more: what came before is with the connection.
      if offset > 0 { body.report(offset) }
      guard offset < body.size else { return nil }
      let (file, place) = (body.file, offset)
      let bytes = try await withCheckedThrowingContinuation { continuation in
        // Off the cooperative pool: the disk may be a slow network away.
        DispatchQueue.global().async {
          continuation.resume(with: Result { try file.chunk(at: place) })
        }
      }
      let rest = bytes.prefix(Int(clamping: body.size - offset))
      guard !rest.isEmpty else {
        throw LocalFileError("\(file.path) has become shorter while it was sent.")
      }
      offset += Int64(rest.count)
      return ByteBuffer(bytes: rest)
    }
  }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(body: self) }
}
