/// Knows callers by their certificates, which a server with mutual TLS has verified.
///
/// The principal's id is the first name of the certificate: of its URIs, or else of its host names,
/// or else of its e-mail addresses. The common name counts only when there are none of those, for
/// authorities that issue nothing else.
public struct ClientCertificates: Authenticator {
  /// An authenticator; it keeps no state.
  public init() {}

  /// Whose certificate the caller shows.
  public func principal(
    for credentials: Credentials
  ) async throws(AuthenticationError) -> Principal {
    guard let names = credentials.certificate else {
      throw AuthenticationError(.missing, "no client certificate")
    }
    let alternatives = names.uris + names.dnsNames + names.emailAddresses
    guard let id = alternatives.first ?? names.commonName, !id.isEmpty else {
      throw AuthenticationError(.refused, "the client certificate names nobody")
    }
    // It becomes part of jobs and logs, where control characters have no place.
    guard id.utf8.count <= 256, id.unicodeScalars.allSatisfy({ $0.properties.isPrintable }) else {
      throw AuthenticationError(.refused, "the name in the client certificate is unusable")
    }
    return Principal(id: id)
  }
}

extension Unicode.Scalar.Properties {
  fileprivate var isPrintable: Bool {
    switch generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      false
    default: true
    }
  }
}
