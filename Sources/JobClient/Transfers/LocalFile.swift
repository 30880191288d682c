internal import Crypto
internal import Foundation
public import JobMessages
internal import ProtobufWire

/// A file of this machine that a job takes in.
public struct LocalFile: Sendable {
  /// Where the file is, as the user wrote it.
  public let path: String
  /// What the job is told of it.
  public let file: File

  /// Reads the file through once for its size and SHA-256.
  ///
  /// - Parameters:
  ///   - path: where the file is.
  ///   - variable: the name that the job's command calls it by; empty: by its path.
  /// - Throws: ``LocalFileError`` when it cannot be read or is not a regular file.
  public init(path: String, variable: String = "") throws(LocalFileError) {
    let (digest, size) = try Self.digest(of: RegularFile(path: path))
    self.path = path
    file = .with {
      $0.desc = FileDesc(path: path, var: variable)
      $0.sha256 = digest
      $0.sizeBytes = size
      $0.compressionType = .none
    }
  }

  /// A file that its user has described; it is not looked at yet.
  public init(describedAs file: File) {
    path = file.desc?.path ?? ""
    self.file = file
  }

  private init(path: String, file: File) {
    self.path = path
    self.file = file
  }

  /// This file in the place of another one; nil when it does not have the content.
  public func standing(for other: File) -> LocalFile? {
    guard file.sha256 == other.sha256, file.sizeBytes == other.sizeBytes else { return nil }
    return LocalFile(path: path, file: other)
  }

  private static func digest(of file: RegularFile) throws(LocalFileError) -> (String, Int64) {
    var hash = SHA256()
    var size: Int64 = 0
    while true {
      let chunk = try file.chunk(at: size)
      guard !chunk.isEmpty else { break }
      hash.update(data: chunk)
      size += Int64(chunk.count)
    }
    let digits = hash.finalize().map { String(format: "%02x", $0) }
    return (digits.joined(), size)
  }
}
