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
  func receive(
    _ body: inout RequestBody.AsyncIterator, for grant: ContentGrant
  ) async throws(ContentReply) {
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

  private func transfer(
    _ body: inout RequestBody.AsyncIterator, to file: IncomingFile, content: ContentID,
    grant: ContentGrant
  ) async throws(ContentReply) {
    let start = ContinuousClock.now
    var received: Int64 = 0
    var batch: [UploadChunk] = []
    var batchBytes = 0
    while let chunk = await next(&body) {
      received += Int64(chunk.readableBytes)
      guard received <= content.sizeBytes else { throw .wrongSize(expected: content.sizeBytes) }
      guard !pace.isTooSlow(passed: received, in: start.duration(to: .now)) else {
        throw .tooSlow
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
