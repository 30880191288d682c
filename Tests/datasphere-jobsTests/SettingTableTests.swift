import Configuration
import CoreGRPC
import Foundation
import JobCloning
import XCTest

@testable import datasphere_jobs

/// The one table of settings, and everything that is made of it.
final class SettingTableTests: XCTestCase {
  /// A value that the setting takes and that is not its default, as text.
  private func example(_ setting: ServerSetting) -> String {
    switch setting.kind {
    case .text: setting.name == ServerSetting.idPrefix.name ? "abc" : "some-text"
    case .flag: "true"
    case .integer(let range): "\(range.upperBound)"
    case .duration: "77m"
    case .size: "77KiB"
    case .choice(let names): names.last ?? ""
    case .list: "one,two"
    }
  }

  private func json(_ setting: ServerSetting) -> String {
    let value =
      switch setting.kind {
      case .flag, .integer: example(setting)
      case .list: #"["one", "two"]"#
      default: "\"\(example(setting))\""
      }
    let parts = setting.name.split(separator: ".")
    return parts.reversed().reduce(value) { "{\"\($1)\": \($0)}" }
  }

  private func text(_ content: ConfigContent) -> String {
    switch content {
    case .string(let text): text
    case .int(let number): "\(number)"
    case .bool(let isOn): "\(isOn)"
    case .stringArray(let texts): texts.joined(separator: ",")
    default: "?"
    }
  }

  func testNamesAreUniqueAndWellFormed() {
    let all = ServerSetting.all
    for names in [all.map(\.name), all.map(\.flag), all.map(\.environmentName)] {
      XCTAssertEqual(Set(names).count, names.count)
    }
    XCTAssertEqual(ServerSetting.certificateChain.flag, "--tls-certificate-chain")
    XCTAssertEqual(ServerSetting.publicUploadURL.flag, "--public-upload-url")
    XCTAssertEqual(ServerSetting.dataTTL.environmentName, "DATASPHERE_JOBS_JOBS_DATA_TTL")
    for setting in all {
      XCTAssertTrue(setting.help.hasSuffix("."), setting.name)
      XCTAssertNotNil(setting.flag.wholeMatch(of: /--[a-z]+(-[a-z]+)*/), setting.flag)
    }
  }

  func testEverySettingIsTakenFromFlagEnvironmentAndFile() async throws {
    for setting in ServerSetting.all {
      let value = example(setting)
      XCTAssertNotEqual(value, text(setting.standard), setting.name)
      let flag = try await settings(["\(setting.flag)=\(value)"]).content(setting)
      let environment = try await settings(environment: [setting.environmentName: value])
        .content(setting)
      let file = try await settings(file: json(setting)).content(setting)
      for content in [flag, environment, file] {
        XCTAssertEqual(text(content), value, setting.name)
      }
    }
  }

  func testFlagsWinOverTheEnvironmentAndThatOverTheFile() async throws {
    let file = #"{"dataDirectory": "file", "jobs": {"idPrefix": "fil"}, "logLevel": "info"}"#
    let environment = [
      "DATASPHERE_JOBS_DATA_DIRECTORY": "environment", "DATASPHERE_JOBS_JOBS_ID_PREFIX": "env",
      "DATASPHERE_JOBS_LOG_LEVEL": "",
    ]
    let values = try await settings(
      ["--data-directory", "flag"], environment: environment, file: file)
    XCTAssertEqual(try values.text(.dataDirectory), "flag")
    XCTAssertEqual(try values.text(.idPrefix), "env")
    XCTAssertEqual(try values.text(.logLevel), "info", "an empty variable counts for nothing")
    XCTAssertEqual(try values.text(.address), "127.0.0.1:50051")
  }

  func testTheEnvironmentMayNameTheFile() async throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).json").path()
    try Data(#"{"dataDirectory": "x"}"#.utf8).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let values = try await settings(environment: ["DATASPHERE_JOBS_CONFIG": path])
    XCTAssertEqual(try values.text(.dataDirectory), "x")
  }

  func testThePrintedConfigurationIsCompleteAndLoads() async throws {
    let original = try await settings([
      "--data-directory", "with \"quotes\" / and \u{E9}", "--jobs-unique-names",
      "--authentication-exempt", "a,b", "--server-connection-idle", "none",
    ])
    let printed = try PrintedConfiguration.text(original)
    let loaded = try await settings(file: printed)
    for setting in ServerSetting.all {
      XCTAssertEqual(try loaded.content(setting), try original.content(setting), setting.name)
      XCTAssertTrue(printed.contains(setting.environmentName), setting.name)
    }
    _ = try ServerSettings(loaded)
  }

  func testHelpTellsOfEverySettingWithinTheTerminal() {
    for setting in ServerSetting.all {
      XCTAssertTrue(SettingsHelp.text.contains("  \(setting.flag)"), setting.name)
    }
    for line in SettingsHelp.text.split(separator: "\n") {
      XCTAssertLessThanOrEqual(line.count, 78, String(line))
    }
  }

  func testTheDefaultsAreTheLibrarys() async throws {
    let settings = try await ServerSettings(settings())
    XCTAssertEqual(settings.policy, .init())
    XCTAssertEqual(settings.security, .plaintext)
    XCTAssertEqual(settings.authentication, .none)
    let server = settings.server
    XCTAssertEqual(server.maximumRequestSize, 4 << 20)
    XCTAssertEqual(server.maximumConnections, 800)
    XCTAssertEqual(server.maximumMetadataSize, 16 << 10)
    XCTAssertEqual(server.maximumConnectionIdle, .seconds(300))
    XCTAssertNil(server.maximumConnectionAge)
    XCTAssertEqual(server.handshakeTimeoutMilliseconds, 10_000)
    XCTAssertEqual(server.unixSocketMode, 0o600)
  }
}
