/// Why a local file cannot be taken in, sent or fetched.
public struct LocalFileError: Error, Sendable, CustomStringConvertible {
  /// One line for a person; it never holds a presigned URL.
  public let description: String

  init(_ description: String) { self.description = description }
}
