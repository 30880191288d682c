/// Finds out who a caller is by what it shows.
///
/// Implementations are safe to call from any task, and do not block: they are asked for each call.
public protocol Authenticator: Sendable {
  /// Who shows these credentials.
  func principal(
    for credentials: Credentials
  ) async throws(AuthenticationError) -> Principal
}

/// What a caller shows to prove who it is.
public struct Credentials: Sendable {
  /// The token of an `authorization: Bearer` header; nil without one.
  public var bearerToken: String?
  /// The names in a client certificate that the server has verified; nil without one.
  public var certificate: CertificateNames?

  /// Credentials; none at all by default.
  public init(bearerToken: String? = nil, certificate: CertificateNames? = nil) {
    self.bearerToken = bearerToken
    self.certificate = certificate
  }
}

extension Credentials: CustomStringConvertible, CustomReflectable {
  /// Which credentials there are, without the token.
  public var description: String {
    "Credentials(bearerToken: \(bearerToken == nil ? "none" : "…"), certificate: \(names))"
  }

  /// The same for debuggers and dumps.
  public var customMirror: Mirror {
    Mirror(self, children: ["certificate": certificate as Any])
  }

  private var names: String { certificate.map { "\($0)" } ?? "none" }
}

/// The names that a certificate gives its owner.
public struct CertificateNames: Sendable, Hashable {
  /// URIs, SPIFFE ids among them.
  public var uris: [String]
  /// Host names.
  public var dnsNames: [String]
  /// E-mail addresses.
  public var emailAddresses: [String]
  /// The common name of the subject, if it has one.
  public var commonName: String?

  /// Names of a certificate.
  public init(
    uris: [String] = [], dnsNames: [String] = [], emailAddresses: [String] = [],
    commonName: String? = nil
  ) {
    self.uris = uris
    self.dnsNames = dnsNames
    self.emailAddresses = emailAddresses
    self.commonName = commonName
  }
}

/// Why it stays unknown who a caller is.
public struct AuthenticationError: Error, Sendable, CustomStringConvertible {
  /// What went wrong, in the terms that the caller is told.
  public enum Code: Sendable, Hashable {
    /// The caller shows nothing: UNAUTHENTICATED.
    case missing
    /// What the caller shows does not count: UNAUTHENTICATED.
    case refused
    /// Whoever must be asked does not answer: UNAVAILABLE, trying again may help.
    case unavailable
  }

  /// What went wrong.
  public var code: Code
  /// What an operator should read; it never holds a credential and never leaves the server.
  public var reason: String

  /// A failure to authenticate.
  public init(_ code: Code, _ reason: String) {
    self.code = code
    self.reason = reason
  }

  /// The reason.
  public var description: String { reason }
}
