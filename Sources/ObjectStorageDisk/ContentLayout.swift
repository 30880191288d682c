internal import Crypto
internal import Glibc
internal import JobCloning

/// Where each content lies below the storage's directory: `<project>/<two digits>/<sha256>`.
///
/// Project ids come from the network, so the folder of a project is the SHA-256 of its id: it
/// cannot leave the directory, collide with another project's or with the folder of uploads, or be
/// too long. No path is ever made from the path of a URL.
struct ContentLayout: Sendable {
  /// The storage's directory.
  let root: String

  /// Where uploads are written until they are whole.
  var uploads: String { root + "/tmp" }

  /// The file of a content; nil when the hash is not one, and so names no file.
  func location(of content: ContentID, in projectID: String) -> Location? {
    guard content.isWellFormed else { return nil }
    let project = Hexadecimal.encode(SHA256.hash(data: Array(projectID.utf8)))
    let projectFolder = root + "/" + project
    let shard = projectFolder + "/" + content.sha256.prefix(2)
    return Location(
      folders: [root, projectFolder, shard], file: shard + "/" + content.sha256,
      project: ProjectFile(folder: projectFolder, projectID: projectID))
  }

  /// The project whose contents are in a folder; nil when nothing there tells.
  func projectID(ofFolder path: String) throws(SystemError) -> String? {
    guard let bytes = try FileSystem.bytes(of: ProjectFile.path(in: path), limit: 64 << 10),
      path == root + "/" + Hexadecimal.encode(SHA256.hash(data: bytes))
    else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  /// A file and the folders above it, outermost first, beginning with the storage's directory.
  struct Location: Sendable {
    let folders: [String]
    let file: String
    let project: ProjectFile
  }

  /// The file that tells whose contents a folder has, as the folder's name cannot be read back.
  struct ProjectFile: Sendable {
    let folder: String
    let projectID: String

    static func path(in folder: String) -> String { folder + "/project" }

    /// Makes the file, unless it is there and whole; its name is durable once its folder is.
    ///
    /// Whoever writes it writes the same, so it may be written over; a half one tells nothing.
    func write() throws(SystemError) {
      let path = Self.path(in: folder)
      let bytes = Array(projectID.utf8)
      if try FileSystem.bytes(of: path, limit: bytes.count + 1) == bytes { return }
      let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
      guard descriptor >= 0 else { throw SystemError("create \(path)") }
      defer { close(descriptor) }
      try FileSystem.write(bytes, to: descriptor, named: path)
      guard ftruncate(descriptor, off_t(bytes.count)) == 0, fsync(descriptor) == 0 else {
        throw SystemError("sync \(path)")
      }
    }
  }
}

extension ContentID {
  /// SHA-256 of no bytes.
  private static let emptySHA256 = Hexadecimal.encode(SHA256.hash(data: [UInt8]()))

  /// Whether this is the content of an empty file, which is always stored (clone-semantics §3).
  var isEmptyContent: Bool { sizeBytes == 0 && sha256 == Self.emptySHA256 }

  /// Whether the hash is 64 lowercase hexadecimal digits and the size is not negative.
  var isWellFormed: Bool {
    sizeBytes >= 0 && Hexadecimal.decode(sha256)?.count == SHA256.byteCount
  }
}
