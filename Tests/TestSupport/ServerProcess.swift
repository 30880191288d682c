internal import CoreGRPC
internal import Foundation
package import JobClient
internal import Synchronization
internal import XCTest

/// The built server in a process of its own, over one data directory.
package final class ServerProcess: Sendable {
  package struct Failure: Error, CustomStringConvertible { package let description: String }

  private static let secondsToStart = 60

  private let process: Process
  private let output = Pipe()
  private let ends: AsyncStream<Void>
  private let log: String
  private let served = Mutex<Int?>(nil)

  /// The port of gRPC; nil until ``serving()`` has returned.
  package var port: Int? { served.withLock { $0 } }

  /// Launches the server; it serves only once ``serving()`` has returned.
  ///
  /// - Parameters:
  ///   - data: the data directory, which the server makes.
  ///   - log: the file that the server's log is appended to.
  ///   - disk: the disk that the server finds below the C library; nil: the machine's.
  ///   - arguments: more of the command line; later ones count.
  package init(
    data: String, log: String, disk: FaultyDisk? = nil, arguments: [String] = []
  ) throws {
    self.log = log
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    process = Process()
    process.executableURL = URL(fileURLWithPath: tests).deletingLastPathComponent()
      .appendingPathComponent("datasphere-jobs")
    process.arguments =
      [
        "serve", "--address", "127.0.0.1:0", "--upload-address", "127.0.0.1:0",
        "--data-directory", data,
      ] + arguments
    process.environment = ProcessInfo.processInfo.environment
      .merging(disk?.environment ?? [:]) { $1 }
    process.standardOutput = output
    if !FileManager.default.fileExists(atPath: log) {
      try Data().write(to: URL(fileURLWithPath: log))
    }
    let errors = try XCTUnwrap(FileHandle(forWritingAtPath: log))
    try errors.seekToEnd()
    process.standardError = errors
    let (ends, end) = AsyncStream.makeStream(of: Void.self)
    self.ends = ends
    process.terminationHandler = { _ in end.finish() }
    try process.run()
    try errors.close()
  }

  deinit { if process.isRunning { send(SIGKILL) } }

  /// Waits until the server serves, and returns a client of it.
  package func serving() async throws -> ProjectJobClient {
    ProjectJobClient(
      channel: try GRPCChannel(plaintextTarget: try await servingAddress()),
      timeout: .seconds(30), retries: .none)
  }

  /// Waits until the server serves; its address, as it says itself.
  package func servingAddress() async throws -> String {
    let line = await firstLine()
    let words = line.split(separator: " ")
    guard line.hasPrefix("Serving gRPC on "), let address = words.dropFirst(3).first else {
      throw Failure(description: "the server did not start: \(line)\n\(logTail)")
    }
    let target = String(address.drop { $0 == "," }.prefix { $0 != "," })
    served.withLock { $0 = target.split(separator: ":").last.flatMap { Int($0) } }
    return target
  }

  /// An amount of memory of the process by its name, see ``processMemory(_:of:)``.
  package func memory(_ name: String) throws -> Int {
    try processMemory(name, of: process.processIdentifier)
  }

  package var isRunning: Bool { process.isRunning }

  /// Ends the process at once, as an accident does.
  package func kill() async {
    send(SIGKILL)
    for await _ in ends {}
  }

  /// Asks the process to end in good order, and checks that it does.
  package func stop(file: StaticString = #filePath, line: UInt = #line) async {
    XCTAssertTrue(process.isRunning, "the server died\n\(logTail)", file: file, line: line)
    send(SIGTERM)
    for await _ in ends {}
    XCTAssertEqual(process.terminationReason, .exit, logTail, file: file, line: line)
    XCTAssertEqual(process.terminationStatus, 0, logTail, file: file, line: line)
  }

  private func send(_ signal: Int32) { Foundation.kill(process.processIdentifier, signal) }

  /// The last lines of the log.
  package var logTail: String {
    let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").suffix(20).joined(separator: "\n")
  }

  /// The first line of standard output; empty if the process ends without one.
  private func firstLine() async -> String {
    let watchdog = Task {
      try await Task.sleep(for: .seconds(Self.secondsToStart))
      send(SIGKILL)
    }
    defer { watchdog.cancel() }
    return await withCheckedContinuation { [output] continuation in
      let output = output.fileHandleForReading
      Thread.detachNewThread {
        var line = Data()
        while !line.contains(UInt8(ascii: "\n")) {
          let part = output.availableData
          if part.isEmpty { break }
          line += part
        }
        continuation.resume(returning: String(decoding: line, as: UTF8.self))
      }
    }
  }
}
