internal import HTTPTypes
internal import HummingbirdCore
internal import JobCloning
internal import Logging
internal import NIOCore

/// Answers the requests of one endpoint: decides on the head, then takes or sends a body.
struct ContentResponder: Sendable {
  let check: GrantCheck
  let receiver: UploadReceiver
  let sender: ContentSender
  let logger: Logger

  /// How much of a refused body is read and dropped before the connection is closed.
  ///
  /// A connection that is closed with unread data is reset, and a client that is still sending
  /// then never sees why it was refused.
  private static let lingerBytes = 16 << 20
  /// For how long a refused body is read and dropped.
  private static let lingerTime: Duration = .seconds(10)

  /// Thrown to make the framework close the connection: the rest of its input is not a request.
  private struct ConnectionIsDone: Error {}

  private enum Answer {
    case line(ContentReply)
    case content(ContentSender.Download)
  }

  /// Answers one request.
  func respond(
    to request: Request, with writer: consuming ResponseWriter, on connection: ServedConnection
  ) async throws {
    var body = request.body.makeAsyncIterator()
    var grant: ContentGrant?
    let answer: Answer
    do throws(ContentReply) {
      guard request.hasKnownTransferCoding else { throw .unknownTransferCoding }
      let granted = try check.grant(of: request)
      grant = granted
      switch granted.method {
      case .put:
        try receiver.checkLength(of: request, for: granted)
        if request.expectsContinue {
          // A failed write shows as a body that never comes.
          try? await writer.writeInformationalHead(HTTPResponse(status: .continue))
        }
        try await receiver.receive(&body, for: granted, on: connection)
        answer = .line(.stored)
      case .get:
        answer = .content(try await sender.download(of: granted, for: request))
      }
    } catch {
      answer = .line(error)
    }
    switch answer {
    case .line(let reply):
      log(reply, of: grant)
      try await write(reply, to: request, with: writer)
      if reply != .stored {
        await linger(on: &body)
        throw ConnectionIsDone()
      }
    case .content(let download):
      try await send(download, with: writer, on: connection)
    }
  }

  private func write(
    _ reply: ContentReply, to request: Request, with writer: consuming ResponseWriter
  ) async throws {
    let text = ByteBuffer(string: reply.reason + "\n")
    var head = HTTPResponse(status: reply.status, headerFields: reply.headers)
    head.headerFields[.contentType] = "text/plain; charset=utf-8"
    head.headerFields[.contentLength] = String(text.readableBytes)
    head.headerFields[.date] = HTTPDate.text(secondsSince1970: check.secondsSince1970)
    if reply != .stored { head.headerFields[.connection] = "close" }
    let isHead = request.method == .head
    try await writer.write(
      response: head, body: isHead ? ResponseBody() : ResponseBody(byteBuffer: text))
  }

  private func send(
    _ download: ContentSender.Download, with writer: consuming ResponseWriter,
    on connection: ServedConnection
  ) async throws {
    var head = download.head
    head.headerFields[.date] = HTTPDate.text(secondsSince1970: check.secondsSince1970)
    var metadata = download.grant.logMetadata
    metadata["status"] = "\(head.status.code)"
    do {
      let body = try await writer.writeHead(head)
      connection.enter(.sending)
      try await sender.send(download, on: connection)
      try await body.finish(nil)
    } catch {
      metadata["error"] = "\(error)"
      logger.info("a download broke off", metadata: metadata)
      throw error
    }
    logger.info("download", metadata: metadata)
  }

  private func linger(on body: inout RequestBody.AsyncIterator) async {
    let start = ContinuousClock.now
    var dropped = 0
    while let chunk = try? await body.next() {
      dropped += chunk.readableBytes
      if dropped > Self.lingerBytes || start.duration(to: .now) > Self.lingerTime { return }
    }
  }

  private func log(_ reply: ContentReply, of grant: ContentGrant?) {
    var metadata = grant?.logMetadata ?? [:]
    metadata["status"] = "\(reply.status.code)"
    metadata["reason"] = "\(reply.reason)"
    // Without a valid grant anybody may have sent the request: not worth a line each by default.
    let level: Logger.Level = grant == nil ? .debug : .info
    logger.log(level: level, grant?.method == .get ? "download" : "upload", metadata: metadata)
  }
}

extension Request {
  /// Whether the body, if there is one, has a length or comes in chunks.
  fileprivate var hasKnownTransferCoding: Bool {
    let codings = headers[values: .transferEncoding]
    return codings.isEmpty || (codings.count == 1 && codings[0].lowercased() == "chunked")
  }

  /// Whether the client waits for `100 Continue` before it sends the body.
  fileprivate var expectsContinue: Bool {
    headers[.expect]?.lowercased() == "100-continue"
  }
}
