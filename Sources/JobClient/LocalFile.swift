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
    let (digest, size) = try Self.digest(path)
    self.path = path
    file = .with {
      $0.desc = FileDesc(path: path, var: variable)
      $0.sha256 = digest
      $0.sizeBytes = size
      $0.compressionType = .none
    }
  }

  private static func digest(_ path: String) throws(LocalFileError) -> (String, Int64) {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw LocalFileError("\(path): no such file.")
    }
    guard !isDirectory.boolValue else {
      throw LocalFileError("\(path) is a directory; jobs take files only. Pack it first.")
    }
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw LocalFileError("\(path) cannot be read.")
    }
    defer { try? handle.close() }
    var hash = SHA256()
    var size: Int64 = 0
    do {
      while let chunk = try handle.read(upToCount: 1 << 20), !chunk.isEmpty {
        hash.update(data: chunk)
        size += Int64(chunk.count)
      }
    } catch {
      throw LocalFileError("\(path) cannot be read: \(error.localizedDescription)")
    }
    let digits = hash.finalize().map { String(format: "%02x", $0) }
    return (digits.joined(), size)
  }
}

/// Why a local file cannot be taken in or uploaded.
public struct LocalFileError: Error, Sendable, CustomStringConvertible {
  /// One line for a person; it never holds a presigned URL.
  public let description: String

  init(_ description: String) { self.description = description }
}
