public import CoreGRPC
public import JobCloning
public import Logging
internal import Safeguards

extension ServerInterceptor {
  /// Lets in only callers whom the authenticator knows, and tells the services who they are.
  ///
  /// Others get UNAUTHENTICATED with a request id, and the log gets a line that tells why, as long as
  /// the allowance of `SafeLogHandler` lasts; nobody gets to see what they showed.
  ///
  /// - Parameters:
  ///   - authenticator: who knows the callers.
  ///   - exempt: full names of services that everyone may call; health checks by default.
  ///   - logger: told of each call that is refused.
  public static func authentication(
    _ authenticator: some Authenticator, exempting exempt: Set<String> = [HealthService.name],
    logger: Logger = Logger(label: "authentication")
  ) -> ServerInterceptor {
    let logger = logger.safe
    return ServerInterceptor { context, next in
      if !exempt.contains(context.service) {
        do throws(AuthenticationError) {
          context.principal = try await authenticator.principal(for: context.credentials)
        } catch {
          let requestID = RequestIdentity(context).requestID
          logger.notice(
            "caller refused",
            metadata: [
              "reason": "\(error.reason)", "method": "\(context.loggedMethod)",
              "peer": "\(context.peer)", "request-id": "\(requestID)",
            ])
          throw RPCError(error, requestID: requestID)
        }
      }
      try await next()
    }
  }
}

extension ServerCallContext {
  private enum PrincipalKey: ServerCallContextKey {
    typealias Value = Principal
  }

  /// Who calls: as an authenticator found out, or else anonymous (clone-semantics §4).
  ///
  /// Interceptors that authenticate in a way of their own set it.
  public var principal: Principal {
    get { self[PrincipalKey.self] ?? .anonymous }
    set { self[PrincipalKey.self] = newValue }
  }

  /// What the caller shows to prove who it is.
  var credentials: Credentials {
    Credentials(
      bearerToken: bearerToken,
      certificate: peerIdentity.map { identity in
        CertificateNames(
          uris: identity.uris, dnsNames: identity.dnsNames,
          emailAddresses: identity.emailAddresses, commonName: identity.commonName)
      })
  }

  /// The token of the one `authorization` header; several contradict each other, and none counts.
  private var bearerToken: String? {
    let headers = metadata.values(forKey: "authorization")
    guard headers.count == 1, let header = headers.first else { return nil }
    let words = header.split(separator: " ", omittingEmptySubsequences: true)
    guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
    return String(words[1])
  }
}
