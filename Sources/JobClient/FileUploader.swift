internal import Foundation
public import JobMessages

#if canImport(FoundationNetworking)
  internal import FoundationNetworking
#endif

/// Sends the files that a server asks for to the presigned URLs it gave.
public struct FileUploader: Sendable {
  /// What happens to a file on its way.
  public enum Event: Sendable {
    /// The file is about to be sent.
    case began(File)
    /// So many bytes of it are sent.
    case sent(File, bytes: Int64)
    /// The server has it.
    case ended(File)
  }

  /// An uploader; it keeps no state.
  public init() {}

  /// Uploads one after another, each from the path in its description.
  ///
  /// - Parameters:
  ///   - files: `upload_files` of an operation's response.
  ///   - report: told of each file's progress, on any thread.
  /// - Throws: ``LocalFileError`` at the first file that cannot be read or that is refused.
  public func upload(
    _ files: [StorageFile], report: @escaping @Sendable (Event) -> Void = { _ in }
  ) async throws(LocalFileError) {
    for entry in files {
      let file = entry.file ?? File()
      report(.began(file))
      try await upload(file, to: entry.url, report: report)
      report(.ended(file))
    }
  }

  private func upload(
    _ file: File, to address: String, report: @escaping @Sendable (Event) -> Void
  ) async throws(LocalFileError) {
    let path = file.desc?.path ?? ""
    guard let url = URL(string: address) else {
      throw LocalFileError("\(path): the server gave no usable upload URL.")
    }
    var request = URLRequest(url: url)
    request.httpMethod = "PUT"
    let watcher = SentBytesWatcher { report(.sent(file, bytes: $0)) }
    let session = URLSession(configuration: .ephemeral, delegate: watcher, delegateQueue: nil)
    defer { session.finishTasksAndInvalidate() }
    let reply: (Data, URLResponse)
    do {
      reply = try await session.upload(for: request, fromFile: URL(fileURLWithPath: path))
    } catch {
      // The error's own text may show the URL, which is as good as a password.
      throw LocalFileError("\(path) could not be uploaded to \(url.host ?? "the server").")
    }
    guard let status = (reply.1 as? HTTPURLResponse)?.statusCode, (200..<300).contains(status)
    else {
      let reason = String(decoding: reply.0.prefix(200), as: UTF8.self)
      throw LocalFileError("\(path) was refused by the storage: \(reason)")
    }
  }
}

/// Is told by a session how many bytes of a body it has sent.
private final class SentBytesWatcher: NSObject, URLSessionTaskDelegate {
  private let report: @Sendable (Int64) -> Void

  init(_ report: @escaping @Sendable (Int64) -> Void) { self.report = report }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didSendBodyData bytesSent: Int64,
    totalBytesSent: Int64, totalBytesExpectedToSend: Int64
  ) {
    report(totalBytesSent)
  }
}
