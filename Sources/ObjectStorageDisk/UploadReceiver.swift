internal import HTTPTypes
internal import HummingbirdCore
internal import JobCloning
internal import Logging
internal import NIOCore

typealias UploadChunk = ByteBuffer

/// Takes the body of one PUT on a presigned URL into the storage (clone-semantics §3).
struct UploadReceiver: Sendable {
  let storage: DiskObjectStorage
  let pace: TransferPace
  let queue: UploadQueue
  let unfinished: UnfinishedBytes
  let logger: Logger

  /// Bytes of a body that are handed to the disk at once.
  private static let batchSize = 256 << 10

  /// Refuses a request that announces another length than its content has, before its body is read.
  func checkLength(of request: Request, for grant: ContentGrant) throws(ContentReply) {
    let size = grant.content.sizeBytes
    if let length = request.headers[.contentLength], length != String(size) {
      throw .wrongSize(expected: size)
    }
  }

  /// Reads a body to its end and stores it; throws, with nothing stored, when it is not the content.
  ///
  /// While another connection uploads the same content it waits, and then compares only.
  func receive(
    _ body: inout RequestBody.AsyncIterator, for grant: ContentGrant,
    on connection: ServedConnection
  ) async throws(ContentReply) {
    let content = StoredContent(grant.content, in: grant.projectID)
    if try await isStored(grant) { return try await take(&body, for: grant, on: connection) }
    try await waitForTurn(content, connection)
    defer { queue.leave(content) }
    try await take(&body, for: grant, on: connection)
  }

  private func take(
    _ body: inout RequestBody.AsyncIterator, for grant: ContentGrant,
    on connection: ServedConnection
  ) async throws(ContentReply) {
    guard unfinished.hasRoom(for: grant.content.sizeBytes) else { throw .tooMuchUnfinished }
    let file: IncomingFile
    do throws(StoreError) {
      file = try await storage.receive(grant.content, in: grant.projectID)
    } catch {
      throw failure(error, of: grant)
    }
    do throws(ContentReply) {
      try await transfer(&body, to: file, content: grant.content, grant: grant)
    } catch {
      await storage.discard(file)
      throw error
    }
  }

  private func isStored(_ grant: ContentGrant) async throws(ContentReply) -> Bool {
    do throws(StoreError) {
      return try await !storage.stored(among: [grant.content], in: grant.projectID).isEmpty
    } catch {
      throw failure(error, of: grant)
    }
  }

  // MARK: - One at a time

  private func waitForTurn(
    _ content: StoredContent, _ connection: ServedConnection
  ) async throws(ContentReply) {
    if queue.enterNow(content, as: connection) { return }
    connection.enter(.queued(content))
    let watch = Task { await endCrawlingHolder(of: content) }
    let isTurn = await queue.enter(content, as: connection)
    watch.cancel()
    connection.leaveQueue()
    guard isTurn else { throw .stopping }
  }

  /// Ends the connection that has the turn once it moves too slowly for others to wait.
  private func endCrawlingHolder(of content: StoredContent) async {
    var holder = queue.holder(of: content)
    var passed = holder?.passedBytes ?? 0
    while true {
      do {
        try await Task.sleep(for: pace.contestedWindow)
      } catch {
        return
      }
      let present = queue.holder(of: content)
      let bytes = present?.passedBytes ?? 0
      if let present, present === holder, present.phase == .receiving,
        bytes - passed < pace.contestedBytes
      {
        logger.info(
          "an upload gave way to one of the same content",
          metadata: ["sha256": "\(content.content.sha256)", "bytes": "\(bytes)"])
        present.cut()
      }
      (holder, passed) = (present, bytes)
    }
  }

  // MARK: - The body

  private func transfer(
    _ body: inout RequestBody.AsyncIterator, to file: IncomingFile, content: ContentID,
    grant: ContentGrant
  ) async throws(ContentReply) {
    let start = ContinuousClock.now
    var received: Int64 = 0
    var kept: Int64 = 0
    defer { unfinished.remove(kept) }
    var batch: [UploadChunk] = []
    var batchBytes = 0
    while let chunk = await next(&body) {
      received += Int64(chunk.readableBytes)
      guard received <= content.sizeBytes else { throw .wrongSize(expected: content.sizeBytes) }
      guard !pace.isTooSlow(passed: received, in: start.duration(to: .now)) else {
        throw .tooSlow
      }
      if file.isKept {
        guard unfinished.add(Int64(chunk.readableBytes), own: kept) else {
          throw .tooMuchUnfinished
        }
        kept += Int64(chunk.readableBytes)
      }
      batch.append(chunk)
      batchBytes += chunk.readableBytes
      if batchBytes >= Self.batchSize {
        try await append(batch, to: file, grant: grant)
        batch.removeAll(keepingCapacity: true)
        batchBytes = 0
      }
    }
    guard received == content.sizeBytes else { throw .wrongSize(expected: content.sizeBytes) }
    if !batch.isEmpty { try await append(batch, to: file, grant: grant) }
    let matches: Bool
    do throws(StoreError) {
      matches = try await storage.finish(file, as: content, in: grant.projectID)
    } catch {
      throw failure(error, of: grant)
    }
    guard matches else { throw .wrongHash }
  }

  private func append(
    _ chunks: [UploadChunk], to file: IncomingFile, grant: ContentGrant
  ) async throws(ContentReply) {
    do throws(StoreError) {
      try await storage.append(chunks, to: file)
    } catch {
      throw failure(error, of: grant)
    }
  }

  /// The next part of the body; nil at its end, and when the connection breaks.
  private func next(_ body: inout RequestBody.AsyncIterator) async -> UploadChunk? {
    try? await body.next()
  }

  private func failure(_ error: StoreError, of grant: ContentGrant) -> ContentReply {
    var metadata = grant.logMetadata
    metadata["error"] = "\(error)"
    logger.error("upload failed", metadata: metadata)
    return .failed(error)
  }
}

extension ContentGrant {
  /// What the log tells of an upload or a download: never its URL.
  var logMetadata: Logger.Metadata {
    [
      "project": "\(projectID)", "sha256": "\(content.sha256)", "size": "\(content.sizeBytes)",
    ]
  }
}
