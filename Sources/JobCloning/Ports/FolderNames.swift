internal import Foundation

/// The names of folders on stable storage: for stores that keep files.
public enum FolderNames {
  /// Synchronises a folder and those above it, so that a power cut takes away no name on the path.
  ///
  /// Whoever made one of them may not have done so. It blocks. It ends at a folder that cannot be
  /// opened, since this process did not make that, and passes over file systems that cannot do it.
  ///
  /// - Throws: ``StoreError`` with `.unavailable` when the disk fails.
  public static func synchronize(from folder: String) throws(StoreError) {
    var url = URL(fileURLWithPath: folder).standardizedFileURL
    while true {
      let descriptor = open(url.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      guard descriptor >= 0 else { return }
      let result = fsync(descriptor)
      let number = errno
      close(descriptor)
      guard result == 0 || number == EINVAL || number == EROFS else {
        throw StoreError(
          .unavailable,
          "folder \(url.path): cannot be synchronised: \(String(cString: strerror(number)))")
      }
      if url.path == "/" { return }
      url.deleteLastPathComponent()
    }
  }
}
