internal import Foundation
internal import NIOCore

/// The folder that downloads go to, and nowhere else, whatever a server calls its files.
///
/// Every step down is made from the descriptor of the folder above, and through no symbolic link.
struct DownloadFolder: Sendable {
  /// Where the folder is; made if it is missing.
  let path: String

  /// A file that is being written beside its place, under a name of its own.
  final class Destination: Sendable {
    /// Where the file will be.
    let path: String
    private let folder: Int32
    private let descriptor: Int32
    private let temporaryName: String
    private let name: String

    fileprivate init(
      path: String, folder: Int32, descriptor: Int32, temporaryName: String, name: String
    ) {
      self.path = path
      self.folder = folder
      self.descriptor = descriptor
      self.temporaryName = temporaryName
      self.name = name
    }

    deinit {
      // After a move there is nothing of that name.
      unlinkat(folder, temporaryName, 0)
      close(descriptor)
      close(folder)
    }

    /// Drops what was written.
    func startOver() throws(LocalFileError) {
      guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
        throw Self.fault(path)
      }
    }

    /// Adds bytes.
    func write(_ bytes: ByteBuffer) throws(LocalFileError) {
      var rest = bytes.readableBytesView[...]
      while !rest.isEmpty {
        // SAFETY: the bytes are read within the closure only.
        let written = rest.withUnsafeBytes {
          Foundation.write(descriptor, $0.baseAddress, $0.count)
        }
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { throw Self.fault(path) }
        rest = rest.dropFirst(written)
      }
    }

    /// Gives the file its name; what had it before is replaced, a link as such.
    func commit() throws(LocalFileError) {
      guard renameat(folder, temporaryName, folder, name) == 0 else { throw Self.fault(path) }
    }

    fileprivate static func fault(_ path: String) -> LocalFileError {
      LocalFileError("\(path) cannot be written: \(String(cString: strerror(errno))).")
    }
  }

  /// The components of a file's place below the folder.
  ///
  /// An absolute path counts from the folder.
  /// - Throws: when the name is none, or one that some system would take for a place elsewhere.
  func components(of name: String) throws(LocalFileError) -> [String] {
    let parts = name.split(separator: "/").filter { $0 != "." }.map(String.init)
    let isClean = name.unicodeScalars.allSatisfy {
      $0.properties.generalCategory != .control && $0 != "\\"
    }
    guard !parts.isEmpty, isClean, !parts.contains("..") else {
      throw LocalFileError("\(name.debugDescription): the file would not be in \(path).")
    }
    return parts
  }

  /// A new file for a place below the folder.
  func destination(_ components: [String]) throws(LocalFileError) -> Destination {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw LocalFileError("\(path) cannot be made or is no directory.")
    }
    let place = ([path == "/" ? "" : path] + components).joined(separator: "/")
    var folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw Destination.fault(path) }
    for component in components.dropLast() {
      _ = mkdirat(folder, component, 0o777)
      let next = openat(folder, component, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
      let problem = errno
      close(folder)
      guard next >= 0 else {
        throw LocalFileError(
          problem == ELOOP || problem == ENOTDIR
            ? "\(place): \(component) is no directory but a file or a symbolic link, which is not "
              + "followed."
            : "\(place) cannot be written: \(String(cString: strerror(problem))).")
      }
      folder = next
    }
    let name = components.last ?? ""
    let temporaryName = ".datasphere-jobs-\(UUID().uuidString)"
    let descriptor = openat(
      folder, temporaryName, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard descriptor >= 0 else {
      defer { close(folder) }
      throw Destination.fault(place)
    }
    return Destination(
      path: place, folder: folder, descriptor: descriptor, temporaryName: temporaryName, name: name)
  }
}
