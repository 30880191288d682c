public import JobCloning
internal import Synchronization

/// Contents as files in a directory, named by project and hash: the embedded default.
///
/// A file appears under its name by one rename, after its size and hash were verified and its
/// bytes were synchronised, so what has the name is whole. Several processes may share a
/// directory. Contents arrive and leave through an ``UploadServer`` on the presigned URLs made
/// here.
public final class DiskObjectStorage: ObjectStorage, Sendable {
  let layout: ContentLayout
  let keys: KeyRing
  private let blocking = BlockingQueue()
  private let known = StoredContents()
  private let publicURL: Mutex<PublicURL>

  /// What presigned URLs begin with.
  private struct PublicURL {
    var url: String?
    /// Whether the address of a server that listens may stand for it.
    var maybeAddress = true
  }

  /// Opens a directory, made if it is missing, and removes the unfinished uploads of a crash.
  ///
  /// It blocks while it does, and the folders that it makes are for their owner alone.
  ///
  /// - Parameters:
  ///   - directory: where the contents are.
  ///   - publicURL: what presigned URLs begin with: `http` or `https`, a host, and perhaps a port
  ///     and a path. Without it they begin with the address that an ``UploadServer`` listens on,
  ///     from then on.
  ///   - keys: what signs URLs; a URL stays valid while its key is in the ring.
  /// - Throws: `StoreError` naming the path or URL that cannot be used.
  public init(directory: String, publicURL: String? = nil, keys: KeyRing) throws(StoreError) {
    layout = ContentLayout(root: Self.withoutTrailingSlashes(directory))
    self.keys = keys
    self.publicURL = Mutex(PublicURL(url: try publicURL.map(Self.checkedPublicURL)))
    do throws(SystemError) {
      try FileSystem.makeFolders(layout.uploads)
      try FileSystem.checkAccess(layout.root)
      try FileSystem.checkAccess(layout.uploads)
      try IncomingFile.removeAbandoned(in: layout.uploads)
    } catch {
      throw error.storeError
    }
    try FolderNames.synchronize(from: layout.root)
  }

  /// Those of the contents whose file is there with exactly that size, durably.
  public func stored(
    among contents: Set<ContentID>, in projectID: String
  ) async throws(StoreError) -> Set<ContentID> {
    let empty = contents.filter(\.isEmptyContent)
    let others = contents.subtracting(empty)
    guard !others.isEmpty else { return empty }
    return empty.union(
      try await blocking { [layout, known] () throws(SystemError) in
        try Self.lookUp(others, in: projectID, layout, known)
      })
  }

  /// A URL that accepts one HTTP PUT of exactly this content until `expiry`.
  ///
  /// - Throws: `StoreError` with `.unavailable` while no public URL is known, and with
  ///   `.misconfigured` for a content whose hash is not a SHA-256.
  public func uploadURL(
    for content: ContentID, in projectID: String, expiry: Int64
  ) throws(StoreError) -> String {
    try presignedURL(
      ContentGrant(method: .put, content: content, projectID: projectID, expiry: expiry))
  }

  /// A URL that answers HTTP GET with exactly this content until `expiry`, and 404 once it is
  /// removed.
  ///
  /// - Throws: `StoreError` as ``uploadURL(for:in:expiry:)`` does.
  public func downloadURL(
    for content: ContentID, in projectID: String, expiry: Int64
  ) throws(StoreError) -> String {
    try presignedURL(
      ContentGrant(method: .get, content: content, projectID: projectID, expiry: expiry))
  }

  private func presignedURL(_ grant: ContentGrant) throws(StoreError) -> String {
    guard grant.content.isWellFormed else {
      throw StoreError(.misconfigured, "a content's hash is not 64 lowercase hexadecimal digits")
    }
    let base = publicURL.withLock { $0 }
    guard let url = base.url else {
      throw StoreError(
        .unavailable,
        base.maybeAddress
          ? "no server listens for uploads and downloads yet"
          : "the public URL of uploads and downloads is not known yet")
    }
    return url + grant.signedTarget(keys: keys)
  }

  /// Removes the file of a content, durably; one that is not there is no error.
  ///
  /// A download that has begun still gets all bytes. An upload of the content that ends at the same
  /// time comes wholly before the removal or wholly after it.
  public func remove(_ content: ContentID, in projectID: String) async throws(StoreError) {
    guard let location = layout.location(of: content, in: projectID) else { return }
    known.remove(StoredContent(content, in: projectID))
    try await blocking { () throws(SystemError) in
      // A file of this hash and another size is another content, one that is only claimed.
      guard let status = try FileSystem.status(of: location.file), status.size == content.sizeBytes
      else {
        // It may have been removed just before a crash, or by another process a moment ago.
        if let folder = location.folders.last { try FileSystem.synchronizeFolder(ifThere: folder) }
        return
      }
      _ = try FileSystem.remove(location.file)
      if let folder = location.folders.last { try FileSystem.synchronizeFolder(ifThere: folder) }
    }
  }

  /// Gives presigned URLs their beginning, unless the storage was made with one.
  func listening(on url: String) {
    publicURL.withLock { state in
      if state.maybeAddress { state.url = state.url ?? url }
    }
  }

  /// Has presigned URLs wait for ``serve(at:)``.
  func awaitPublicURL() {
    publicURL.withLock { $0 = PublicURL(url: nil, maybeAddress: false) }
  }

  /// Gives presigned URLs their beginning from now on.
  func serve(at url: String) {
    publicURL.withLock { $0.url = url }
  }

  /// The path of the public URL, which a proxy in front may or may not pass on.
  var publicPath: Substring {
    guard let url = publicURL.withLock({ $0.url }), let host = url.firstRange(of: "://") else {
      return ""
    }
    let rest = url[host.upperBound...]
    return rest.firstIndex(of: "/").map { rest[$0...] } ?? ""
  }
}

extension DiskObjectStorage {
  /// A place for the body of an upload: a new temporary file, or none for a stored content.
  func receive(
    _ content: ContentID, in projectID: String
  ) async throws(StoreError) -> IncomingFile {
    if try await !stored(among: [content], in: projectID).isEmpty {
      return IncomingFile(checkedAgainst: content)
    }
    let uploads = layout.uploads
    return try await blocking { () throws(SystemError) in
      try IncomingFile(of: content, in: uploads)
    }
  }

  /// Adds bytes to an upload.
  func append(_ chunks: [UploadChunk], to file: IncomingFile) async throws(StoreError) {
    try await blocking { () throws(SystemError) in try file.append(chunks) }
  }

  /// Ends an upload whose bytes have arrived: false, and nothing is stored, if the hash differs.
  ///
  /// - Throws: `.unavailable` when the content was stored as the upload began, so that its bytes
  ///   were not kept, and has been removed since.
  func finish(
    _ file: IncomingFile, as content: ContentID, in projectID: String
  ) async throws(StoreError) -> Bool {
    guard let location = layout.location(of: content, in: projectID) else { return false }
    let end = try await blocking { [known] () throws(SystemError) -> End in
      guard file.hasExpectedHash() else {
        file.discard()
        return .wrongHash
      }
      guard file.isKept else { return .onlyChecked }
      if let status = try file.commit(to: location) {
        known.insert(StoredContent(content, in: projectID), as: status)
      }
      return .stored
    }
    switch end {
    case .wrongHash: return false
    case .stored: return true
    case .onlyChecked:
      guard try await stored(among: [content], in: projectID).isEmpty else { return true }
      throw StoreError(.unavailable, "the content was removed while it was uploaded again")
    }
  }

  private enum End {
    case wrongHash, stored, onlyChecked
  }

  /// Ends an upload that failed.
  func discard(_ file: IncomingFile) async {
    await blocking.run { file.discard() }
  }

  func blocking<Value: Sendable>(
    _ work: @escaping @Sendable () throws(SystemError) -> Value
  ) async throws(StoreError) -> Value {
    do throws(SystemError) {
      return try await blocking.run(work)
    } catch {
      throw error.storeError
    }
  }

  /// Those of the contents that have their file, each made durable before it counts as stored.
  ///
  /// The upload that a file came from may have been another process's, which gave it its name and
  /// has not synchronised its folder yet.
  private static func lookUp(
    _ contents: Set<ContentID>, in projectID: String, _ layout: ContentLayout,
    _ known: StoredContents
  ) throws(SystemError) -> Set<ContentID> {
    var found: Set<ContentID> = []
    var new: [(StoredContent, FileStatus)] = []
    var folders: Set<String> = []
    for content in contents {
      guard let location = layout.location(of: content, in: projectID),
        let status = try FileSystem.status(of: location.file), status.size == content.sizeBytes
      else { continue }
      found.insert(content)
      let key = StoredContent(content, in: projectID)
      guard !known.isKnown(key, as: status) else { continue }
      new.append((key, status))
      folders.formUnion(location.folders)
    }
    for folder in folders { try FileSystem.synchronizeFolder(folder) }
    for (content, status) in new { known.insert(content, as: status) }
    return found
  }

  private static func withoutTrailingSlashes(_ path: String) -> String {
    var path = path[...]
    while path.count > 1, path.last == "/" { path.removeLast() }
    return String(path)
  }

  static func checkedPublicURL(_ url: String) throws(StoreError) -> String {
    let trimmed = withoutTrailingSlashes(url)
    let afterScheme = ["http://", "https://"].lazy
      .filter { trimmed.hasPrefix($0) }.map { trimmed.dropFirst($0.count) }.first
    let isPlain = trimmed.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    guard let afterScheme, let first = afterScheme.first, first != "/", isPlain,
      !trimmed.contains("?"), !trimmed.contains("#")
    else {
      throw StoreError(
        .misconfigured, "the public URL of contents must be http(s)://host[:port][/path]: \(url)")
    }
    return trimmed
  }
}
