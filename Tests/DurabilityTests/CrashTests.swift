import XCTest

/// What was answered is there after a crash of the server at any moment (clone-semantics §3): whole
/// and once, and nothing half made beside it.
final class CrashTests: DurabilityTestCase {
  func testNothingAnsweredIsLostWhenTheServerIsKilled() async {
    await withSeed {
      var accidents = try Accidents(.kill, folder: folder, log: log, seed: seed)
      try await accidents.run(Self.isSoak ? 500 : 20)
    }
  }

  /// Stricter than a kill, which leaves to the system what the server did not synchronise.
  func testNothingAnsweredIsLostWhenThePowerIsCut() async {
    await withSeed {
      var accidents = try Accidents(.powerCut, folder: folder, log: log, seed: seed)
      try await accidents.run(Self.isSoak ? 200 : 6)
    }
  }
}
