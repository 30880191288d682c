import Foundation
import XCTest

/// SplitMix64: random numbers that a seed repeats.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  /// Runs a property with many seeds, or with the one in the environment's `SEED`.
  static func check(
    runs: Int, _ property: (_ seed: UInt64, inout SeededGenerator) async throws -> Void
  ) async throws {
    let fixed = ProcessInfo.processInfo.environment["SEED"].flatMap { UInt64($0) }
    let first = UInt64.random(in: 0..<1 << 48)
    for seed in fixed.map({ $0...$0 }) ?? first...(first + UInt64(runs) - 1) {
      var generator = SeededGenerator(seed: seed)
      do {
        try await property(seed, &generator)
      } catch {
        XCTFail("SEED=\(seed): \(error)")
        return
      }
    }
  }
}
