import Foundation
import XCTest

/// A program that runs beside the test.
final class OtherProcess {
  private let process = Process()
  private let output = Pipe()
  private var text: Data?

  init(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws {
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = output
    process.standardError = output
    try process.run()
  }

  /// Runs one test of this program again.
  convenience init(running test: String, environment: [String: String]) throws {
    let itself = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    try self.init(itself, [test], environment: environment)
  }

  /// Waits for the end; whether it was that of SIGKILL.
  func wasKilled() throws -> Bool {
    _ = try waitForEnd()
    return process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGKILL
  }

  /// Waits for the end, and returns what the program printed.
  private func waitForEnd() throws -> Data {
    if let text { return text }
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    self.text = text
    return text
  }

  /// Waits for the end; a program that failed fails the test with what it printed.
  func waitForSuccess(file: StaticString = #filePath, line: UInt = #line) throws {
    let text = try waitForEnd()
    XCTAssertEqual(
      process.terminationStatus, 0, String(decoding: text, as: UTF8.self), file: file, line: line)
  }
}
