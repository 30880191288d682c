import Foundation

/// Finds files of the repository from this file's own place in it.
enum RepositoryFiles {
  private static let tests = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent()  // Support
    .deletingLastPathComponent()  // MessageJSONTests
    .deletingLastPathComponent()

  static let protos = tests.deletingLastPathComponent().appending(path: "Protos")
    .resolvingSymlinksInPath()

  /// The golden vectors, which are kept beside the tests of the messages.
  static let goldenVectors =
    ProcessInfo.processInfo.environment["GOLDEN_VECTORS"].map { URL(fileURLWithPath: $0) }
    ?? tests.appending(path: "JobMessagesTests/Golden/vectors.jsonl")
}
