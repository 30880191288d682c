public import Logging

/// Takes everyone for ``Principal/anonymous``: for local use.
public struct NoAuthentication: Authenticator {
  /// An authenticator that asks for nothing.
  public init() {}

  /// Always the same.
  public func principal(for credentials: Credentials) -> Principal { .anonymous }
}

/// Asks a closure of whoever embeds the library.
public struct CustomAuthentication: Authenticator {
  private let find: @Sendable (Credentials) async throws -> Principal

  /// An authenticator that asks this closure for each call.
  ///
  /// - Parameter find: throws ``AuthenticationError`` to say why it does not know the caller; any
  ///   other error counts as ``AuthenticationError/Code/unavailable``.
  public init(_ find: @escaping @Sendable (Credentials) async throws -> Principal) {
    self.find = find
  }

  /// What the closure says.
  public func principal(
    for credentials: Credentials
  ) async throws(AuthenticationError) -> Principal {
    do {
      return try await find(credentials)
    } catch let error as AuthenticationError {
      throw error
    } catch {
      // The error's own text may hold what the caller showed.
      throw AuthenticationError(.unavailable, "the authenticator failed with \(type(of: error))")
    }
  }
}

extension Authenticator where Self == BearerTokens {
  /// Tokens whose hashes are in a file, see ``BearerTokens``; blocks while it reads it.
  public static func bearerTokens(
    file path: String, logger: Logger = Logger(label: "access")
  ) throws(StoreError) -> BearerTokens {
    try BearerTokens(file: path, logger: logger)
  }
}

extension Authenticator where Self == ClientCertificates {
  /// The certificates of a server with mutual TLS, see ``ClientCertificates``.
  public static var clientCertificates: ClientCertificates { ClientCertificates() }
}

extension Authenticator where Self == NoAuthentication {
  /// Everyone is ``Principal/anonymous``.
  public static var none: NoAuthentication { NoAuthentication() }
}

extension Authenticator where Self == CustomAuthentication {
  /// A closure that knows who shows what.
  public static func custom(
    _ find: @escaping @Sendable (Credentials) async throws -> Principal
  ) -> CustomAuthentication {
    CustomAuthentication(find)
  }
}
