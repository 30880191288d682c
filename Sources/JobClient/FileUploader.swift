internal import Foundation
public import JobMessages

#if canImport(FoundationNetworking)
  internal import FoundationNetworking
#endif

/// Sends the files that a server asks for to the presigned URLs it gave.
public struct FileUploader: Sendable {
  /// An uploader; it keeps no state.
  public init() {}

  /// Uploads one after another, each from the path in its description.
  ///
  /// - Parameters:
  ///   - files: `upload_files` of an operation's response.
  ///   - willUpload: told of each file before it is sent.
  /// - Throws: ``LocalFileError`` at the first file that cannot be read or that is refused.
  public func upload(
    _ files: [StorageFile], willUpload: @Sendable (File) -> Void = { _ in }
  ) async throws(LocalFileError) {
    for entry in files {
      let file = entry.file ?? File()
      willUpload(file)
      try await upload(path: file.desc?.path ?? "", to: entry.url)
    }
  }

  private func upload(path: String, to address: String) async throws(LocalFileError) {
    guard let url = URL(string: address) else {
      throw LocalFileError("\(path): the server gave no usable upload URL.")
    }
    var request = URLRequest(url: url)
    request.httpMethod = "PUT"
    let reply: (Data, URLResponse)
    do {
      reply = try await URLSession.shared.upload(
        for: request, fromFile: URL(fileURLWithPath: path))
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
