import Foundation
import JobCloning
import JobMessages
import ProtobufWire
import TestSupport

/// The bytes of a file that a test uploads, made anew from a seed whenever they are needed.
struct TestContent: Sendable, Hashable {
  let seed: UInt64
  let size: Int
  let id: ContentID

  init(seed: UInt64, size: Int) {
    self.seed = seed
    self.size = size
    id = ContentID(of: Self.bytes(seed: seed, size: size))
  }

  var bytes: [UInt8] { Self.bytes(seed: seed, size: size) }

  /// The content as the file of a job.
  func file(_ path: String, variable: String = "") -> File {
    .with {
      $0.desc = FileDesc(path: path, var: variable)
      $0.sha256 = id.sha256
      $0.sizeBytes = id.sizeBytes
    }
  }

  private static func bytes(seed: UInt64, size: Int) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size + 8)
    while bytes.count < size {
      withUnsafeBytes(of: generator.next()) { bytes.append(contentsOf: $0) }
    }
    return Array(bytes.prefix(size))
  }
}

/// Sends a body to a presigned URL; returns the status of the answer, or nil when there was none.
func put(_ bytes: [UInt8], to address: String) async throws -> Int? {
  guard let url = URLComponents(string: address), let port = url.port else {
    throw URLError(.badURL)
  }
  let target = url.percentEncodedPath + (url.percentEncodedQuery.map { "?" + $0 } ?? "")
  return try await onThread {
    try? RawConnection(port: port).put(bytes, to: target).status
  }
}
