internal import HTTPTypes
internal import HummingbirdCore
internal import JobCloning
internal import Logging
internal import NIOCore
internal import NIOHTTPTypes

/// Sends a content from the storage to whoever has a GET on its presigned URL.
struct ContentSender: Sendable {
  let storage: DiskObjectStorage
  let pace: TransferPace
  let logger: Logger

  /// Bytes that are read and handed to the connection at once.
  ///
  /// Each chunk has to keep the pace, so that a client that stops taking bytes is noticed within
  /// the time that one chunk may take.
  private static let chunkSize: Int64 = 64 << 10

  /// A content that is about to be sent, all of it or a part.
  struct Download: Sendable {
    let grant: ContentGrant
    let head: HTTPResponse
    fileprivate let part: Range<Int64>
    /// Nil when there is no byte to send.
    fileprivate let file: OutgoingFile?
    /// The beginning of the part, read before the head is sent: until then a disk that fails can
    /// still be told.
    fileprivate let first: ByteBuffer
  }

  /// Opens the content of a grant for a GET or a HEAD.
  func download(
    of grant: ContentGrant, for request: Request
  ) async throws(ContentReply) -> Download {
    let content = grant.content
    let (head, part) = try Self.head(for: request, content)
    let isHead = request.method == .head
    let file: OutgoingFile?
    let first: ByteBuffer
    do throws(StoreError) {
      file = try await storage.open(content, in: grant.projectID)
      first = try await chunk(of: isHead ? nil : file, part)
    } catch {
      throw failure(error, of: grant)
    }
    guard file != nil || content.isEmptyContent else { throw .notStored }
    return Download(
      grant: grant, head: head, part: part, file: isHead ? nil : file, first: first)
  }

  /// Sends the bytes of a download; they have been handed to the system when this returns.
  ///
  /// - Throws: when a part cannot be read, and when the connection has broken or was closed because
  ///   the client is too slow or the task was cancelled. The connection is of no use then.
  func send(_ download: Download, on connection: ServedConnection) async throws {
    guard let file = download.file else { return }
    try await withTaskCancellationHandler {
      var rest = download.part
      var chunk = download.first
      while true {
        try await pass(chunk, on: connection.channel)
        connection.pass(chunk.readableBytes)
        rest = rest.lowerBound + Int64(chunk.readableBytes)..<rest.upperBound
        if rest.isEmpty { return }
        do throws(StoreError) {
          chunk = try await self.chunk(of: file, rest)
        } catch {
          throw failure(error, of: download.grant)
        }
      }
    } onCancel: {
      connection.cut()
    }
  }

  /// The beginning of a part; empty without a file.
  private func chunk(
    of file: OutgoingFile?, _ part: Range<Int64>
  ) async throws(StoreError) -> ByteBuffer {
    guard let file else { return ByteBuffer() }
    let end = min(part.upperBound, part.lowerBound + Self.chunkSize)
    return try await storage.bytes(part.lowerBound..<end, of: file)
  }

  /// Hands a chunk to the connection and waits until the system has taken it.
  private func pass(_ chunk: ByteBuffer, on channel: any Channel) async throws {
    let allowance = TimeAmount(pace.allowance(for: Int64(chunk.readableBytes)))
    let timeout = channel.eventLoop.scheduleTask(in: allowance) { channel.close(promise: nil) }
    defer { timeout.cancel() }
    // Not the framework's writer: it returns before the bytes are gone, and its idle timeout would
    // then cut off a client that takes a while for the last of them.
    try await channel.writeAndFlush(HTTPResponsePart.body(chunk))
  }

  /// The answer's head, and the bytes that belong to it.
  private static func head(
    for request: Request, _ content: ContentID
  ) throws(ContentReply) -> (HTTPResponse, Range<Int64>) {
    let size = content.sizeBytes
    let tag = "\"\(content.sha256)\""
    var head = HTTPResponse(
      status: .ok,
      headerFields: [
        .contentType: "application/octet-stream", .acceptRanges: "bytes", .eTag: tag,
        // A content is whatever a client has stored: no browser is to show it or to run it.
        .contentDisposition: "attachment", .xContentTypeOptions: "nosniff",
        .cacheControl: "private",
      ])
    var part = 0..<size
    let isOfThisContent = request.headers[.ifRange].map { $0 == tag } ?? true
    if request.method == .get, isOfThisContent {
      switch RequestedRange(request.headers[.range], size: size) {
      case .whole: break
      case .unsatisfiable: throw .outOfRange(size: size)
      case .part(let asked):
        part = asked
        head.status = .partialContent
        head.headerFields[.contentRange] =
          "bytes \(asked.lowerBound)-\(asked.upperBound - 1)/\(size)"
      }
    }
    head.headerFields[.contentLength] = String(part.count)
    return (head, part)
  }

  private func failure(_ error: StoreError, of grant: ContentGrant) -> ContentReply {
    var metadata = grant.logMetadata
    metadata["error"] = "\(error)"
    logger.error("download failed", metadata: metadata)
    return .failed(error)
  }
}
