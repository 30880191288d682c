internal import Foundation
public import JobMessages

#if canImport(FoundationNetworking)
  internal import FoundationNetworking
#endif

/// Fetches files of a job from the presigned URLs that a server gave.
public struct FileDownloader: Sendable {
  /// Where the files go.
  private let directory: String

  /// A downloader into a directory, which is made if it is missing.
  public init(directory: String) { self.directory = directory }

  /// Fetches the files one after another, each to its path in the directory.
  ///
  /// A file is there under its name only when it is whole and has the size and hash that the server
  /// named. One of before is replaced.
  ///
  /// - Returns: where the files are.
  /// - Throws: ``LocalFileError`` at the first file that cannot be fetched or written.
  public func download(_ files: [StorageFile]) async throws(LocalFileError) -> [String] {
    var paths: [String] = []
    for entry in files { paths.append(try await download(entry)) }
    return paths
  }

  private func download(_ entry: StorageFile) async throws(LocalFileError) -> String {
    let file = entry.file ?? File()
    let name = file.desc?.path ?? ""
    let destination = try place(of: name)
    guard let url = URL(string: entry.url) else {
      throw LocalFileError("\(name): the server gave no usable URL.")
    }
    let session = URLSession(configuration: .ephemeral)
    defer { session.finishTasksAndInvalidate() }
    let fetched: (URL, URLResponse)
    do {
      fetched = try await session.download(for: URLRequest(url: url))
    } catch {
      // The error's own text may show the URL, which is as good as a password.
      throw LocalFileError("\(name) could not be fetched from \(url.host ?? "the server").")
    }
    defer { try? FileManager.default.removeItem(at: fetched.0) }
    guard (fetched.1 as? HTTPURLResponse)?.statusCode == 200 else {
      throw LocalFileError("\(name) was refused by the storage.")
    }
    let arrived = try LocalFile(path: fetched.0.path).file
    guard arrived.sha256 == file.sha256, arrived.sizeBytes == file.sizeBytes else {
      throw LocalFileError("\(name) arrived with another content than the server said.")
    }
    do {
      try FileManager.default.createDirectory(
        at: destination.deletingLastPathComponent(), withIntermediateDirectories: true)
      try? FileManager.default.removeItem(at: destination)
      try FileManager.default.moveItem(at: fetched.0, to: destination)
    } catch {
      throw LocalFileError("\(destination.path) cannot be written.")
    }
    return destination.path
  }

  /// The file's place in the directory, and nowhere else, whatever the server calls the file.
  private func place(of name: String) throws(LocalFileError) -> URL {
    let parts = name.split(separator: "/").filter { $0 != "." }
    guard !parts.isEmpty, !parts.contains(".."), !name.contains("\0") else {
      throw LocalFileError("\(name): the file would not be in \(directory).")
    }
    return parts.reduce(URL(fileURLWithPath: directory)) { $0.appending(path: String($1)) }
  }
}
