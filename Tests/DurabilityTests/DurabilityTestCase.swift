import Foundation
import TestSupport
import XCTest

/// A test with a folder of its own, removed afterwards, and with a seed.
class DurabilityTestCase: XCTestCase {
  private(set) var folder = ""
  private(set) var seed: UInt64 = 0

  /// Whether there is time for hundreds of accidents instead of a few.
  static let isSoak = ProcessInfo.processInfo.environment["SOAK"] != nil

  override func setUpWithError() throws {
    seed = SeededGenerator.seedOfEnvironment ?? .random(in: 0..<1 << 48)
    folder = NSTemporaryDirectory() + "DurabilityTests-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  override func tearDown() {
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// The file that every server of the test logs to.
  var log: String { folder + "/server.log" }

  /// Runs the body; an error of it fails the test with the seed that repeats it.
  func withSeed(_ body: () async throws -> Void) async {
    do {
      try await body()
    } catch {
      let log = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
      let tail = log.split(separator: "\n").suffix(20).joined(separator: "\n")
      XCTFail("SEED=\(seed): \(error)\n\(tail)")
    }
  }
}
