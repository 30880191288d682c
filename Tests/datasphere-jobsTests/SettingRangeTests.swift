import Foundation
import XCTest

@testable import datasphere_jobs

/// Every setting with a number, a duration or a size has a range, and works at both of its ends.
final class SettingRangeTests: XCTestCase {
  /// The ends of the range, and what is beyond it, as text.
  private func values(of setting: ServerSetting) -> (ends: [String], beyond: [String])? {
    switch setting.kind {
    case .integer(let range):
      (
        ["\(range.lowerBound)", "\(range.upperBound)"],
        [
          "\(range.lowerBound - 1)", "\(range.upperBound + 1)", "\(Int.min)", "\(Int.max)",
          "99999999999999999999",
        ]
      )
    case .duration(let range, _):
      (
        [Quantity.text(range.lowerBound), Quantity.text(range.upperBound)],
        ["0ms", "9223372036854775807ms", "106751991167d", "-1s"]
          + [range.lowerBound - .milliseconds(1), range.upperBound + .milliseconds(1)]
          .map { Quantity.text($0) }
      )
    case .size(let range):
      (
        [Quantity.text(bytes: range.lowerBound), Quantity.text(bytes: range.upperBound)],
        ["0B", "9223372036854775807B", "8388607TiB", "-1B"]
          + [range.lowerBound - 1, range.upperBound + 1].map { Quantity.text(bytes: $0) }
      )
    case .text, .flag, .choice, .list: nil
    }
  }

  /// What must be set beside a setting for it to be at an end.
  private func companions(of setting: ServerSetting, _ value: String) -> [String] {
    let pair = [ServerSetting.workingStorageMinimum, .workingStorageMaximum]
    guard pair.contains(where: { $0.name == setting.name }) else { return [] }
    return pair.filter { $0.name != setting.name }.map { "\($0.flag)=\(value)" }
  }

  func testBeyondItsRangeASettingIsRefused() async throws {
    var count = 0
    for setting in ServerSetting.all {
      guard let (ends, beyond) = values(of: setting) else { continue }
      count += 1
      for value in ends {
        let message = await fault(["\(setting.flag)=\(value)"] + companions(of: setting, value))
        XCTAssertNil(message, "\(setting.name) \(value)")
      }
      for value in beyond {
        let ofFlag = await fault(["\(setting.flag)=\(value)"]) ?? "accepted"
        XCTAssertTrue(ofFlag.hasPrefix("\(setting.flag): "), "\(setting.name) \(value): \(ofFlag)")
        let ofVariable =
          await fault(environment: [setting.environmentName: value]) ?? "accepted"
        XCTAssertTrue(
          ofVariable.hasPrefix("\(setting.environmentName): "),
          "\(setting.name) \(value): \(ofVariable)")
      }
      // Nearest beyond either end the message tells the range, and so does the help.
      let range = try XCTUnwrap(setting.rangeText)
      let message = await fault(["\(setting.flag)=\(beyond[beyond.count > 5 ? 5 : 1])"])
      XCTAssertTrue(message?.hasSuffix(" is not in the range of \(range).") == true, message ?? "")
      let help = SettingsHelp.text.split(whereSeparator: \.isWhitespace)
        .joined(separator: " ")
      XCTAssertTrue(help.contains("(\(range); default: "), setting.name)
    }
    XCTAssertGreaterThan(count, 30)
  }

  func testAServerStartsAtBothEndsOfEverySetting() async throws {
    for setting in ServerSetting.all {
      for value in values(of: setting)?.ends ?? [] {
        let flags = ["\(setting.flag)=\(value)"] + companions(of: setting, value)
        try await assertServes(flags)
      }
    }
    try await assertServes(["--server-socket-mode=0"])
    try await assertServes(["--server-socket-mode=777"])
  }

  /// Starts a server and ends it once it has said that it serves.
  private func assertServes(_ flags: [String]) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "\(UUID())").path()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let values = try await settings(
      ["--address=127.0.0.1:0", "--upload-address=127.0.0.1:0", "--data-directory", folder]
        + flags)
    let (said, saying) = AsyncStream.makeStream(of: String.self)
    let server = JobServer(settings: try ServerSettings(values)) { saying.yield($0) }
    let serving = Task {
      defer { saying.finish() }
      try await server.run()
    }
    let line = await said.first { _ in true }
    XCTAssertTrue(line?.hasPrefix("Serving gRPC on ") == true, "\(flags)")
    serving.cancel()
    let outcome = await serving.result
    if line == nil { XCTFail("\(flags): \(outcome)") }
  }
}
