internal import JobCloning

/// A walk over the files of contents, folder by folder in the order of their names; it blocks.
struct ContentListing: Sendable {
  let layout: ContentLayout
  /// Files that were last written at this second or later are left out.
  let time: Int64
  let limit: Int

  /// The contents whose file comes after this one.
  func contents(after start: String?) throws(SystemError) -> [StoredContent] {
    var found: [StoredContent] = []
    for folder in try folders(in: layout.root, after: start) where folder.name.utf8.count == 64 {
      guard let projectID = try layout.projectID(ofFolder: folder.path) else { continue }
      for shard in try folders(in: folder.path, after: start) where shard.name.utf8.count == 2 {
        for file in try FileSystem.names(in: shard.path).sorted() {
          guard found.count < limit else { return found }
          let path = shard.path + "/" + file
          if let start, path <= start { continue }
          guard let status = try FileSystem.status(of: path), status.lastWritten < time else {
            continue
          }
          let content = ContentID(sha256: file, sizeBytes: status.size)
          if content.isWellFormed { found.append(StoredContent(content, in: projectID)) }
        }
      }
    }
    return found
  }

  /// What is in a folder, sorted, without what is done when the walk is at this file.
  private func folders(
    in path: String, after start: String?
  ) throws(SystemError) -> [(name: String, path: String)] {
    let names = try FileSystem.names(in: path)
    return names.sorted().map { (name: $0, path: path + "/" + $0) }.filter { folder in
      guard let start else { return true }
      return folder.path >= start.prefix(folder.path.count)
    }
  }
}
