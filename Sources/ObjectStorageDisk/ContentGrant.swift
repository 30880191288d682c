internal import JobCloning

/// What a presigned URL allows: one method on one content of one project, until an instant.
struct ContentGrant: Sendable, Equatable {
  /// What may be done with the content.
  enum Method: String, Sendable {
    /// Store it.
    case put = "PUT"
    /// Fetch it, or only ask with HEAD whether it could be fetched.
    case get = "GET"
  }

  var method: Method
  var content: ContentID
  var projectID: String
  /// Seconds since 1970 at which the grant ends.
  var expiry: Int64

  /// Path below the public URL under which contents are found.
  static let pathPrefix = "/v1/contents/"

  /// The purpose under which grants are signed; nothing else is signed under it.
  private static let purpose = "presigned-url"

  /// The path and query that carry the grant and its signature.
  ///
  /// The project is written in hexadecimal: whatever its id holds, the URL has no character that a
  /// proxy or a client would rewrite.
  func signedTarget(keys: KeyRing) -> String {
    let project = Hexadecimal.encode(projectID.utf8)
    let signature = Hexadecimal.encode(keys.mac(signedBytes, purpose: Self.purpose))
    return Self.pathPrefix + "\(project)/\(content.sha256)"
      + "?size=\(content.sizeBytes)&expires=\(expiry)&signature=\(signature)"
  }

  /// Whether a signature was made for exactly this grant, compared in constant time.
  func isSigned(by signature: [UInt8], keys: KeyRing) -> Bool {
    keys.isValidMAC(signature, for: signedBytes, purpose: Self.purpose)
  }

  /// Every field with its length before it, so that no two grants have the same bytes.
  private var signedBytes: [UInt8] {
    var bytes: [UInt8] = []
    let fields = [
      method.rawValue, projectID, content.sha256, String(content.sizeBytes), String(expiry),
    ]
    for field in fields {
      withUnsafeBytes(of: UInt64(field.utf8.count).bigEndian) { bytes.append(contentsOf: $0) }
      bytes.append(contentsOf: field.utf8)
    }
    return bytes
  }
}

extension ContentGrant {
  /// The grant that a path and query state, and the signature that came with it, not checked yet.
  ///
  /// Nil when they are not what ``signedTarget(keys:)`` makes.
  static func parse(
    _ target: Substring, method: Method
  ) -> (grant: ContentGrant, signature: [UInt8])? {
    guard target.hasPrefix(pathPrefix) else { return nil }
    let parts = target.dropFirst(pathPrefix.count)
      .split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    let names = parts[0].split(separator: "/", omittingEmptySubsequences: false)
    guard names.count == 2, let projectBytes = Hexadecimal.decode(names[0]),
      let projectID = String(validating: projectBytes, as: UTF8.self),
      let query = parameters(parts[1]),
      let size = query["size"].flatMap(number), let expiry = query["expires"].flatMap(number),
      let signature = query["signature"].flatMap(Hexadecimal.decode)
    else { return nil }
    let content = ContentID(sha256: String(names[1]), sizeBytes: size)
    guard content.isWellFormed else { return nil }
    let grant = ContentGrant(
      method: method, content: content, projectID: projectID, expiry: expiry)
    return (grant, signature)
  }

  /// The three parameters of a grant, in any order; nil when one is missing, double or unknown.
  private static func parameters(_ query: Substring) -> [Substring: Substring]? {
    var parameters: [Substring: Substring] = [:]
    for item in query.split(separator: "&", omittingEmptySubsequences: false) {
      let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard pair.count == 2, ["size", "expires", "signature"].contains(pair[0]),
        parameters.updateValue(pair[1], forKey: pair[0]) == nil
      else { return nil }
    }
    return parameters.count == 3 ? parameters : nil
  }

  /// A number in its one spelling: no sign, no zeros in front.
  private static func number(_ text: Substring) -> Int64? {
    guard let value = Int64(text), value >= 0, String(value) == text else { return nil }
    return value
  }
}
