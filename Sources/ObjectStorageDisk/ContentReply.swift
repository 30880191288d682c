internal import HTTPTypes
internal import JobCloning

/// How a request to the endpoint is answered unless a content is sent: a status and a line of text.
///
/// The text names what the client did wrong and nothing that it does not know: no project, path,
/// other content or signature.
struct ContentReply: Error, Sendable, Equatable {
  var status: HTTPResponse.Status
  var reason: String
  /// What the status obliges the answer to tell.
  var headers: HTTPFields = [:]

  /// The content is stored.
  static let stored = ContentReply(status: .ok, reason: "stored")
  /// There is nothing at this path.
  static let notFound = ContentReply(status: .notFound, reason: "not found")
  /// The content is not stored, or not any more.
  static let notStored = ContentReply(status: .notFound, reason: "the content is not stored")
  /// The path is right, the method is not.
  static let wrongMethod = ContentReply(
    status: .methodNotAllowed, reason: "use GET, HEAD or PUT", headers: [.allow: "GET, HEAD, PUT"])
  /// The path or the query is not one that a presigned URL has.
  static let malformed = ContentReply(status: .badRequest, reason: "malformed URL")
  /// Something in the URL was changed after it was signed, or it is for another method.
  static let wrongSignature = ContentReply(status: .forbidden, reason: "wrong signature")
  /// The URL was valid once.
  static let expired = ContentReply(status: .forbidden, reason: "the URL has expired")
  /// The body is not the content that the URL was made for.
  static let wrongHash = ContentReply(
    status: .badRequest, reason: "the body's SHA-256 is not the one the URL was made for")
  /// The client sends next to nothing, for a long time.
  static let tooSlow = ContentReply(status: .requestTimeout, reason: "the body came too slowly")

  /// Others have begun as much as may lie unfinished on the disk; later there is room again.
  static let tooMuchUnfinished = ContentReply(
    status: .serviceUnavailable, reason: "too many unfinished uploads; try again",
    headers: [.retryAfter: "5"])
  /// The server ends before the upload had its turn.
  static let stopping = ContentReply(
    status: .serviceUnavailable, reason: "the server stops; try again", headers: [.retryAfter: "5"])
  /// The body is framed in a way that RFC 9112 §6.1 lets a server refuse.
  static let unknownTransferCoding = ContentReply(
    status: .badRequest, reason: "the only transfer coding is chunked")

  /// The body has another length than the content.
  static func wrongSize(expected: Int64) -> ContentReply {
    ContentReply(status: .badRequest, reason: "the body must have exactly \(expected) bytes")
  }

  /// The content has no byte of the range that is asked for.
  static func outOfRange(size: Int64) -> ContentReply {
    ContentReply(
      status: .rangeNotSatisfiable, reason: "the content has \(size) bytes",
      headers: [.contentRange: "bytes */\(size)"])
  }

  /// The storage failed: the cause is for the log, not for the client.
  static func failed(_ error: StoreError) -> ContentReply {
    switch error.code {
    case .full: ContentReply(status: .init(code: 507), reason: "no space left")
    case .unavailable, .corrupted, .misconfigured:
      ContentReply(status: .serviceUnavailable, reason: "storage unavailable")
    }
  }
}
