internal import Foundation
internal import XCTest

/// SplitMix64: random numbers that a seed repeats.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// The numbers of this seed.
  public init(seed: UInt64) { state = seed }

  /// The next number.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  /// True in so many of a hundred cases.
  public mutating func chance(_ percent: Int) -> Bool { number(100) < percent }

  /// A number from 0 up to the limit, which is not one of them.
  public mutating func number(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }
}

extension SeededGenerator {
  /// The seed in the environment's `SEED`, which repeats a failure, or nil.
  public static var seedOfEnvironment: UInt64? {
    ProcessInfo.processInfo.environment["SEED"].flatMap { UInt64($0) }
  }

  /// Runs a property with many seeds, or with the one in the environment's `SEED`.
  public static func check(
    runs: Int, _ property: (_ seed: UInt64, inout SeededGenerator) async throws -> Void
  ) async throws {
    let first = UInt64.random(in: 0..<1 << 48)
    for seed in seedOfEnvironment.map({ $0...$0 }) ?? first...(first + UInt64(runs) - 1) {
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
