internal import Crypto
internal import Foundation
public import Logging

/// Knows callers by tokens whose hashes are in a file.
///
/// A line of the file is `<principal id> <SHA-256 of the token, 64 hexadecimal digits>`; empty lines
/// and lines that begin with `#` mean nothing. One principal may have several tokens. Tokens must be
/// long and random: their hashes are not salted. The file is read again when it changes, and one
/// that does not work leaves the tokens before it in use.
public struct BearerTokens: Authenticator {
  private let table: WatchedFile<TokenTable>

  /// The tokens of a file; blocks.
  ///
  /// - Parameters:
  ///   - path: the file, which only its owner may write and only its owner's group read.
  ///   - interval: a change of the file counts from so long after it at the latest.
  ///   - logger: told when the file was read again, or could not be.
  /// - Throws: ``StoreError`` with `.misconfigured`, naming the line but not what stands in it.
  public init(
    file path: String, checkedEvery interval: Duration = .seconds(1),
    logger: Logger = Logger(label: "access")
  ) throws(StoreError) {
    table = try WatchedFile(
      GuardedFile(path: path, role: "token file"), every: interval, logger: logger,
      parse: { (file, bytes) throws(StoreError) in try TokenTable(file, bytes) })
  }

  /// Whose token the caller shows.
  public func principal(
    for credentials: Credentials
  ) async throws(AuthenticationError) -> Principal {
    guard let token = credentials.bearerToken else {
      throw AuthenticationError(.missing, "no bearer token")
    }
    guard let principal = await table.current.principal(of: token) else {
      throw AuthenticationError(.refused, "unknown bearer token")
    }
    return principal
  }

  /// The line of a token file that lets whoever has this token act as the principal.
  ///
  /// - Returns: nil when the id is not printable ASCII without blanks, or too long.
  public static func line(for token: String, principalID: String) -> String? {
    guard principalID.isPlainName, !principalID.hasPrefix("#") else { return nil }
    return "\(principalID) \(Hexadecimal.encode(SHA256.hash(data: Array(token.utf8))))"
  }
}

/// Who has which token.
struct TokenTable: Sendable {
  /// By codes of the hashes under a key that only this process knows: how long a look-up takes
  /// tells a caller nothing about the hashes in the file.
  private var principals: [HMAC<SHA256>.MAC: Principal] = [:]
  private let key = SymmetricKey(size: .bits256)

  init(_ file: GuardedFile, _ bytes: [UInt8]) throws(StoreError) {
    for line in try file.lines(of: bytes) {
      guard line.words.count == 2, let digest = Hexadecimal.decode(line.words[1].lowercased()),
        digest.count == SHA256.byteCount
      else {
        throw file.wrong(
          "is not <principal id> <64 hexadecimal digits>", line: line.number)
      }
      guard line.words[0].isPlainName else {
        throw file.wrong(
          "begins with a principal id that is not 1 to 256 printable ASCII characters",
          line: line.number)
      }
      let principal = Principal(id: line.words[0])
      guard principals.updateValue(principal, forKey: code(of: digest)) == nil else {
        throw file.wrong("has a token that an earlier line has, too", line: line.number)
      }
    }
  }

  func principal(of token: String) -> Principal? {
    principals[code(of: Array(SHA256.hash(data: Array(token.utf8))))]
  }

  private func code(of digest: [UInt8]) -> HMAC<SHA256>.MAC {
    HMAC<SHA256>.authenticationCode(for: digest, using: key)
  }
}
