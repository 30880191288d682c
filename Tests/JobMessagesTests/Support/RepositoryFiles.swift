import Foundation

/// Finds files of the repository from this file's own place in it.
enum RepositoryFiles {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent()  // Support
    .deletingLastPathComponent()  // JobMessagesTests
    .deletingLastPathComponent()  // Tests
    .deletingLastPathComponent()

  static let protos = root.appending(path: "Protos").resolvingSymlinksInPath()

  static func protoFiles() throws -> [String] {
    let all = try FileManager.default.subpathsOfDirectory(atPath: protos.path)
    return all.filter { $0.hasSuffix(".proto") }.sorted()
  }
}
