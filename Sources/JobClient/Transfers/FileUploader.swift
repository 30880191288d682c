internal import AsyncHTTPClient
internal import Foundation
public import JobMessages
internal import NIOHTTP1

/// Sends the files that a server asks for to the presigned URLs it gave.
///
/// A server gets nothing but files that the caller named, and only on hosts that the caller expects.
public struct FileUploader: Sendable {
  /// What happens to a file on its way.
  public enum Event: Sendable {
    /// The file is about to be sent.
    case began(File)
    /// So many bytes of it are with the connection; fewer than before when it is sent again.
    case sent(File, bytes: Int64)
    /// The server has it.
    case ended(File)
  }

  /// One file and where it goes.
  private struct Upload {
    let local: LocalFile
    let url: URL
  }

  private let options: TransferOptions

  /// An uploader; it keeps no state.
  public init(_ options: TransferOptions) { self.options = options }

  /// Uploads one after another; nothing is sent unless everything that is asked for may be.
  ///
  /// - Parameters:
  ///   - files: `upload_files` of an operation's response.
  ///   - own: the files that the caller offers: an entry has to match one in path, size and hash.
  ///   - report: told of each file's progress, on any thread.
  /// - Throws: ``LocalFileError`` at the first file that was not offered, that would go elsewhere,
  ///   that cannot be read or that is refused.
  public func upload(
    _ files: [StorageFile], from own: [LocalFile],
    report: @escaping @Sendable (Event) -> Void = { _ in }
  ) async throws(LocalFileError) {
    let uploads = try files.map { entry throws(LocalFileError) in try plan(entry, own) }
    for upload in uploads {
      report(.began(upload.local.file))
      try await send(upload, report: report)
      report(.ended(upload.local.file))
    }
  }

  private func plan(_ entry: StorageFile, _ own: [LocalFile]) throws(LocalFileError) -> Upload {
    let asked = entry.file ?? File()
    let name = asked.desc?.path ?? ""
    let match = own.first {
      $0.file.desc?.path == name && $0.file.sha256 == asked.sha256
        && $0.file.sizeBytes == asked.sizeBytes
    }
    guard let match else {
      throw LocalFileError(
        "The server asks for \(name), which it was not offered; nothing is sent to it.")
    }
    return Upload(local: match, url: try options.hosts.url(entry.url, for: match.path))
  }

  private func send(
    _ upload: Upload, report: @escaping @Sendable (Event) -> Void
  ) async throws(LocalFileError) {
    let file = try RegularFile(path: upload.local.path)
    let size = upload.local.file.sizeBytes
    guard file.size == size else {
      throw LocalFileError("\(file.path) is not what it was: \(file.size) bytes, not \(size).")
    }
    let transfer = HTTPTransfer(url: upload.url, name: file.path, options: options)
    try await transfer.run("uploaded to") { url in
      var request = HTTPClientRequest(url: url)
      request.method = .PUT
      request.body = .stream(
        FileBody(file: file, size: size) { report(.sent(upload.local.file, bytes: $0)) },
        length: .known(size))
      return request
    } take: { response in
      // The text says nothing more; reading it tells that the answer is whole.
      _ = try await response.body.collect(upTo: 64 << 10)
    }
  }
}
