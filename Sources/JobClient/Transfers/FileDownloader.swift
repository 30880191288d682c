internal import AsyncHTTPClient
internal import Crypto
internal import Foundation
public import JobMessages
internal import NIOCore

/// Fetches files of a job from the presigned URLs that a server gave.
///
/// Whatever the server calls its files, they are written below the directory only, and fetched from
/// hosts that the caller expects.
public struct FileDownloader: Sendable {
  private let folder: DownloadFolder
  private let options: TransferOptions

  /// A downloader into a directory, which is made if it is missing.
  public init(directory: String, _ options: TransferOptions) {
    folder = DownloadFolder(path: directory)
    self.options = options
  }

  /// Fetches the files one after another, each to its path in the directory.
  ///
  /// A file is there under its name only when it is whole and has the size and hash that the server
  /// named. One of before is replaced. Nothing is fetched unless every file has a place of its own.
  ///
  /// - Returns: where the files are.
  /// - Throws: ``LocalFileError`` at the first file that cannot be fetched or written.
  public func download(_ files: [StorageFile]) async throws(LocalFileError) -> [String] {
    var places: Set<[String]> = []
    let downloads = try files.map { entry throws(LocalFileError) -> (File, [String], URL) in
      let file = entry.file ?? File()
      let name = file.desc?.path ?? ""
      let components = try folder.components(of: name)
      guard places.insert(components).inserted else {
        throw LocalFileError("\(name): the job has two files of that name.")
      }
      return (file, components, try options.hosts.url(entry.url, for: name))
    }
    var paths: [String] = []
    for (file, components, url) in downloads {
      paths.append(try await fetch(file, to: components, from: url))
    }
    return paths
  }

  private func fetch(
    _ file: File, to components: [String], from url: URL
  ) async throws(LocalFileError) -> String {
    let destination = try folder.destination(components)
    let name = file.desc?.path ?? ""
    let transfer = HTTPTransfer(url: url, name: name, options: options)
    try await transfer.run("fetched from") { url in
      HTTPClientRequest(url: url)
    } take: { response in
      try destination.startOver()
      var hash = SHA256()
      var size: Int64 = 0
      for try await bytes in response.body {
        size += Int64(bytes.readableBytes)
        // Not a byte more than was announced reaches the disk.
        guard size <= file.sizeBytes else { throw Self.wrongContent(name) }
        // SAFETY: the bytes are read within the closure only, while the buffer is alive.
        bytes.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
        try destination.write(bytes)
      }
      let digest = hash.finalize().map { String(format: "%02x", $0) }.joined()
      guard size == file.sizeBytes, digest == file.sha256 else { throw Self.wrongContent(name) }
    }
    try destination.commit()
    return destination.path
  }

  private static func wrongContent(_ name: String) -> LocalFileError {
    LocalFileError("\(name) arrived with another content than the server said.")
  }
}
