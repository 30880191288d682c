/// Why a server could not start, or a channel could not be made.
public struct ServerError: Error, Sendable, CustomStringConvertible {
  /// What went wrong, in the terms that a caller acts on.
  public enum Code: Sendable, Hashable {
    /// The address cannot be bound: in use, not allowed, not ours.
    case bindFailed
    /// An option is out of its range, or two contradict each other.
    case invalidConfiguration
    /// A certificate, private key or authorities file cannot be used.
    case invalidCertificate
    /// The operation does not fit the state: started twice, used after the end.
    case invalidState
    /// gRPC core could not make what it needs.
    case resourcesExhausted
  }

  /// What went wrong.
  public var code: Code
  /// One line for an operator.
  public var message: String

  /// An error of a server's life.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message.
  public var description: String { message }
}
