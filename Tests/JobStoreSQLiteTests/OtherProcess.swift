import Foundation
import XCTest

/// A program that runs beside the test.
final class OtherProcess {
  private let process = Process()
  private let output = Pipe()

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

  /// Waits for the end; a program that failed fails the test with what it printed.
  func waitForSuccess(file: StaticString = #filePath, line: UInt = #line) throws {
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    XCTAssertEqual(
      process.terminationStatus, 0, String(decoding: text, as: UTF8.self), file: file, line: line)
  }
}
