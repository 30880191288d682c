import Foundation
import JobMessages
import MessageJSON
import ProtobufWire
import TestSupport
import XCTest

/// The risk: what is written cannot be read, or reads as something else.
final class RoundTripTests: XCTestCase {
  private let options = [
    JSONOptions(), JSONOptions(isPretty: true), JSONOptions(preservesFieldNames: true),
    JSONOptions(includesDefaults: true),
  ]

  func testRandomMessagesOfAllTypes() throws {
    let environment = ProcessInfo.processInfo.environment["JSON_SEED"].flatMap(UInt64.init)
    let seed = environment ?? UInt64.random(in: 0...(.max))
    for type in MessageRegistry.all {
      var messages = RandomMessages(seed: seed)
      for index in 0..<30 {
        try check(type, &messages, "JSON_SEED=\(seed), \(type.fullName), message \(index)")
      }
    }
  }

  private func check<M: Message>(
    _: M.Type, _ messages: inout RandomMessages, _ name: String
  ) throws {
    let message = try messages.message(M.self)
    for option in options {
      let json = try message.jsonString(options: option)
      XCTAssertEqual(try M(json: json), message, "\(name): \(json)")
      XCTAssertNoThrow(
        try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed),
        "\(name): \(json)")
    }
  }

  /// Spoiled texts may be read or refused, but never trap, and what is read can be written.
  func testSpoiledTextsDoNotTrap() throws {
    let seed = UInt64.random(in: 0...(.max))
    var random = SeededGenerator(seed: seed)
    for type in MessageRegistry.all { try spoil(type, &random, "seed \(seed)") }
  }

  private func spoil<M: Message>(
    _: M.Type, _ random: inout SeededGenerator, _ name: String
  ) throws {
    var messages = RandomMessages(seed: random.next())
    for _ in 0..<20 {
      var json = try messages.message(M.self).jsonBytes()
      for _ in 0..<3 {
        let place = Int.random(in: 0..<json.count, using: &random)
        json[place] = Array(#"{}[],:"\0-eu@ "#.utf8).randomElement(using: &random) ?? 0
      }
      guard let message = try? M(jsonBytes: json) else { continue }
      XCTAssertNoThrow(try message.jsonBytes(), "\(name): \(String(decoding: json, as: UTF8.self))")
    }
  }
}
