internal import Glibc
internal import JobCloning
internal import NIOCore

/// The file of a content, open for a download: its bytes stay readable when the content is removed.
///
/// The calls block. The descriptor is closed with the last reference.
final class OutgoingFile: Sendable {
  private let descriptor: Int32
  private let path: String

  private init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit {
    close(descriptor)
  }

  /// Opens the file of a content; nil when it is not there with exactly that size.
  static func open(_ content: ContentID, at path: String) throws(SystemError) -> OutgoingFile? {
    // Were a pipe of that name there, opening it would otherwise wait for a writer.
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw SystemError("open \(path)")
    }
    let file = OutgoingFile(descriptor: descriptor, path: path)
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw SystemError("stat \(path)") }
    let isWhole = status.st_mode & S_IFMT == S_IFREG && Int64(status.st_size) == content.sizeBytes
    return isWhole ? file : nil
  }

  /// The bytes of a part of the file, all of them.
  ///
  /// - Throws: also when the file ends before the part does.
  func bytes(_ part: Range<Int64>) throws(SystemError) -> ByteBuffer {
    var buffer = ByteBufferAllocator().buffer(capacity: part.count)
    while buffer.readableBytes < part.count {
      let rest = part.count - buffer.readableBytes
      let place = off_t(part.lowerBound) + off_t(buffer.readableBytes)
      var got = 0
      buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: rest) { bytes in
        // SAFETY: the buffer has room for `rest` bytes, and does not move while the closure runs.
        got = pread(descriptor, bytes.baseAddress, rest, place)
        return max(got, 0)
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw SystemError("read \(path)") }
      guard got > 0 else { throw SystemError("read all of \(path)", number: EIO) }
    }
    return buffer
  }
}
