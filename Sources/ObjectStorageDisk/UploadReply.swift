internal import HTTPTypes
internal import JobCloning

/// How a request to the upload endpoint is answered: a status and one line of text.
///
/// The text names what the client did wrong and nothing that it does not know: no project, path,
/// other content or signature.
struct UploadReply: Error, Sendable, Equatable {
  var status: HTTPResponse.Status
  var reason: String

  /// The content is stored.
  static let stored = UploadReply(status: .ok, reason: "stored")
  /// There is nothing at this path.
  static let notFound = UploadReply(status: .notFound, reason: "not found")
  /// The path is right, the method is not.
  static let wrongMethod = UploadReply(status: .methodNotAllowed, reason: "use PUT")
  /// The path or the query is not one that a presigned URL has.
  static let malformed = UploadReply(status: .badRequest, reason: "malformed URL")
  /// Something in the URL was changed after it was signed.
  static let wrongSignature = UploadReply(status: .forbidden, reason: "wrong signature")
  /// The URL was valid once.
  static let expired = UploadReply(status: .forbidden, reason: "the URL has expired")
  /// The body is not the content that the URL was made for.
  static let wrongHash = UploadReply(
    status: .badRequest, reason: "the body's SHA-256 is not the one the URL was made for")
  /// The client sends next to nothing, for a long time.
  static let tooSlow = UploadReply(status: .requestTimeout, reason: "the body came too slowly")

  /// The body has another length than the content.
  static func wrongSize(expected: Int64) -> UploadReply {
    UploadReply(status: .badRequest, reason: "the body must have exactly \(expected) bytes")
  }

  /// The storage failed: the cause is for the log, not for the client.
  static func failed(_ error: StoreError) -> UploadReply {
    switch error.code {
    case .full: UploadReply(status: .init(code: 507), reason: "no space left")
    case .unavailable, .corrupted, .misconfigured:
      UploadReply(status: .serviceUnavailable, reason: "storage unavailable")
    }
  }
}
