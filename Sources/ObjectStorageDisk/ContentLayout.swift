internal import Crypto
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
      folders: [root, projectFolder, shard], file: shard + "/" + content.sha256)
  }

  /// A file and the folders above it, outermost first, beginning with the storage's directory.
  struct Location: Sendable {
    let folders: [String]
    let file: String
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
