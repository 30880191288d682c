internal import JobCloning
internal import NIOCore

extension DiskObjectStorage {
  /// Opens the file of a content; nil when it is not stored.
  func open(
    _ content: ContentID, in projectID: String
  ) async throws(StoreError) -> OutgoingFile? {
    guard let location = layout.location(of: content, in: projectID) else { return nil }
    return try await blocking { () throws(SystemError) in
      try OutgoingFile.open(content, at: location.file)
    }
  }

  /// The bytes of a part of a content, all of them.
  func bytes(
    _ part: Range<Int64>, of file: OutgoingFile
  ) async throws(StoreError) -> ByteBuffer {
    try await blocking { () throws(SystemError) in try file.bytes(part) }
  }
}
