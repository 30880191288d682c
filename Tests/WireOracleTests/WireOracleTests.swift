import Foundation
import JobMessages
import ProtobufWire
import XCTest

/// The risk: any bytes on which the Swift messages and Google's own library disagree.
///
/// `ORACLE_CASES` sets how many cases are compared, `ORACLE_SEED` which; a failure prints both.
final class WireOracleTests: XCTestCase {
  private static let defaultCases = 300_000
  private static let defaultSeed: UInt64 = 2026

  private func makeComparison() throws -> WireComparison {
    WireComparison(oracle: try WireOracle(descriptorSet: ProtocDescriptors.load()))
  }

  func testEveryMessageOfTheContractIsCompared() throws {
    let oracle = try makeComparison().oracle
    XCTAssertEqual(
      Set(oracle.messageNames), Set(MessageRegistry.all.map { $0.fullName }),
      "the contract's messages and those compared")
  }

  func testTheOracleSaysWhatTheGoldenVectorsSay() throws {
    let oracle = try makeComparison().oracle
    let vectors = try GoldenVector.load()
    for vector in vectors {
      let name = "\(vector.message): \(vector.kind) \(vector.note)"
      let index = try XCTUnwrap(oracle.index(of: vector.message), name)
      let input = try XCTUnwrap(bytes(hexadecimal: vector.hex), name)
      let canonical = vector.kind == .canonical ? vector.hex : vector.canonical
      let expected = try canonical.map { try XCTUnwrap(bytes(hexadecimal: $0), name) }
      let verdict = input.withUnsafeBytes { bytes in
        oracle.decode(index, bytes, merging: .init(start: nil, count: 0)).map { [UInt8]($0) }
      }
      let normal = expected?.withUnsafeBytes { oracle.normalize(index, $0).map { [UInt8]($0) } }
      XCTAssertEqual(verdict.map(hexadecimal), (normal ?? nil).map(hexadecimal), name)
    }
    XCTAssertGreaterThan(vectors.count, 1000)
  }

  func testWhatOnceWentWrong() throws {
    let comparison = try makeComparison()
    let regressions = try WireRegression.load()
    for regression in regressions {
      let type = try XCTUnwrap(MessageRegistry.byName[regression.message], regression.file)
      let difference = comparison.disagreement(
        type, regression.first, merging: regression.second)
      XCTAssertNil(difference, "\(regression.file): \(regression.message)")
    }
    print("wire regressions replayed: \(regressions.count)")
  }

  func testSeededCases() throws {
    let environment = ProcessInfo.processInfo.environment
    let count = environment["ORACLE_CASES"].flatMap { Int($0) } ?? Self.defaultCases
    let seed = environment["ORACLE_SEED"].flatMap { UInt64($0) } ?? Self.defaultSeed
    let comparison = try makeComparison()
    var tally = CaseTally()
    for number in 0..<count {
      let type = MessageRegistry.all[number % MessageRegistry.all.count]
      // Neighbouring seeds must not give neighbouring cases of one another.
      let caseSeed = seed &* 0x9e37_79b9_7f4a_7c15 &+ UInt64(number)
      let wireCase = WireCase(of: type, oracle: comparison.oracle, seed: caseSeed)
      guard let wireCase else { return XCTFail("\(type.fullName) is not of the contract") }
      tally.add(wireCase)
      guard
        let difference = comparison.disagreement(type, wireCase.first, merging: wireCase.second)
      else { continue }
      XCTFail(
        """
        \(type.fullName), case \(number) (\(wireCase.kind)), ORACLE_SEED=\(seed): \(difference)
        \(type.fullName) \(hexadecimal(wireCase.first)) \(hexadecimal(wireCase.second))
        """)
      tally.failures += 1
      if tally.failures == 5 { break }
    }
    print("wire cases compared: \(tally) (ORACLE_SEED=\(seed))")
  }
}
