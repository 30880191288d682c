import Foundation
import XCTest

/// How much work something was, in a unit that does not depend on the machine or its load.
struct Work {
  let units: Int
  /// The size of the input, in bytes.
  let inputBytes: Int

  /// Counts the work of `body`: an allocation, 16 allocated bytes, and a retain are one unit each.
  static func counting(inputBytes: Int, _ body: () throws -> Void) rethrows -> Work {
    let before = WorkCounter.units
    try body()
    return Work(units: WorkCounter.units - before, inputBytes: inputBytes)
  }

  /// Counts the work of `body`, on whatever threads.
  static func counting(inputBytes: Int, _ body: () async throws -> Void) async rethrows -> Work {
    let before = WorkCounter.units
    try await body()
    return Work(units: WorkCounter.units - before, inputBytes: inputBytes)
  }

  /// Units for each byte of the input.
  var perByte: Double { Double(units) / Double(inputBytes) }
}

/// Asserts that work which grew by much did so with the size of its input.
///
/// Sorting is allowed its logarithm, arrays their spare room; what is quadratic grows tenfold from
/// one size to the next.
func assertLinear(
  _ works: [Work], _ what: @autoclosure () -> String, file: StaticString = #filePath,
  line: UInt = #line
) {
  for (smaller, larger) in zip(works, works.dropFirst()) {
    XCTAssertGreaterThan(larger.units, 0, "nothing is counted", file: file, line: line)
    guard larger.units > 2_000 else { continue }
    XCTAssertLessThan(
      larger.perByte, 3 * smaller.perByte + 1,
      "\(what()): \(works.map { "\($0.units) for \($0.inputBytes) bytes" })", file: file, line: line
    )
  }
}

/// What the preloaded library counts.
enum WorkCounter {
  /// Whether the library is loaded into this process.
  static var isLoaded: Bool { counts != nil }

  /// The work of the process so far.
  static var units: Int {
    guard let counts else { return 0 }
    return Int(counts[0] + counts[1] / 16 + counts[2])
  }

  private static var counts: UnsafePointer<UInt>? {
    // SAFETY: preload/work.c declares three numbers of this size by the name, which stay in place.
    UnsafePointer(dlsym(nil, "work_counts")?.assumingMemoryBound(to: UInt.self))
  }
}

/// Tests that count work, each in a process of its own into which the counting library is loaded.
class WorkTestCase: XCTestCase {
  override func invokeTest() {
    guard !WorkCounter.isLoaded else { return super.invokeTest() }
    do {
      try runCounted()
    } catch {
      XCTFail("\(error)")
    }
  }

  private func runCounted() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "work-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let library = folder.appending(path: "work.so").path
    let source = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "preload/work.c").path
    let compiler = try run(
      "/usr/bin/env", "cc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-fno-builtin", "-o",
      library, source, "-ldl")
    XCTAssertEqual(compiler.status, 0, compiler.output)
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let method = name.split(separator: ".").joined(separator: "/")
    let outcome = try run(tests, "WorkTests.\(method)", environment: ["LD_PRELOAD": library])
    XCTAssertEqual(outcome.status, 0, outcome.output)
    XCTAssertTrue(outcome.output.contains("Executed 1 test, with 0 failures"), outcome.output)
  }

  /// Runs a program and returns how it ended and what it wrote.
  private func run(
    _ program: String, _ arguments: String..., environment: [String: String] = [:]
  ) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
