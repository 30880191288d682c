internal import HTTPTypes
internal import HummingbirdCore
internal import JobCloning
internal import JobMessages

/// Tells whether a request may do what its URL says, from its head alone.
struct GrantCheck: Sendable {
  let storage: DiskObjectStorage
  let clock: any WallClock

  /// The present.
  var secondsSince1970: Int64 { clock.now().seconds }

  /// The grant of a request; whether its content is stored is looked at only once it has one.
  func grant(of request: Request) throws(ContentReply) -> ContentGrant {
    let target = pathBelowPublicURL(request.head.path ?? "")
    guard target.hasPrefix(ContentGrant.pathPrefix) else { throw .notFound }
    guard let method = ContentGrant.Method(of: request.method) else { throw .wrongMethod }
    guard let (grant, signature) = ContentGrant.parse(target, method: method) else {
      throw .malformed
    }
    guard grant.isSigned(by: signature, keys: storage.keys) else { throw .wrongSignature }
    guard secondsSince1970 < grant.expiry else { throw .expired }
    return grant
  }

  /// The request's path and query without the path of the public URL, if a proxy left it there.
  private func pathBelowPublicURL(_ target: String) -> Substring {
    let prefix = storage.publicPath
    return target.hasPrefix(prefix) ? target.dropFirst(prefix.count) : target[...]
  }
}

extension ContentGrant.Method {
  /// What a grant must allow for this method of HTTP; nil when no grant does.
  fileprivate init?(of method: HTTPRequest.Method) {
    switch method {
    case .put: self = .put
    case .get, .head: self = .get
    default: return nil
    }
  }
}
