/// Why a store could not do what it was asked to.
public struct StoreError: Error, Sendable, CustomStringConvertible {
  /// What went wrong, in the terms that a caller acts on.
  public enum Code: Sendable, Hashable {
    /// The store cannot be reached or does not answer; trying again may help.
    case unavailable
    /// There is no space left.
    case full
    /// What is stored cannot be read back.
    case corrupted
    /// The store was set up wrongly: a path, a key or a permission.
    case misconfigured
  }

  /// What went wrong.
  public var code: Code
  /// What an operator should read; it never holds secrets.
  public var message: String
  /// The error beneath, for the log alone.
  public var cause: (any Error)?

  /// An error of a store.
  public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.cause = cause
  }

  /// The message and, if there is one, the error beneath.
  public var description: String {
    guard let cause else { return message }
    return "\(message): \(cause)"
  }

  /// Lets a `catch` name a code: `catch let error as StoreError where .full ~= error`.
  public static func ~= (code: Code, error: StoreError) -> Bool { error.code == code }
}
