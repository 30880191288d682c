internal import Foundation
internal import XCTest

/// How much of a test that only time can make thorough is done: more when `SOAK` is 1, see
/// `make soak`.
package enum Soak {
  package static let isOn = ProcessInfo.processInfo.environment["SOAK"] == "1"

  package static func count(_ short: Int, long: Int) -> Int { isOn ? long : short }
}

/// A sanitizer multiplies time and memory: it looks for other faults than bounds do.
package let isSanitized = dlsym(nil, "__asan_init") != nil || dlsym(nil, "__tsan_init") != nil

/// What this process uses of the system.
package struct ProcessUsage: CustomStringConvertible {
  package let threads: Int
  package let descriptors: Int
  package let residentBytes: Int

  package static var current: ProcessUsage {
    get throws {
      let files = FileManager.default
      let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        .split(separator: " ").dropFirst().first.flatMap { Int($0) }
      return ProcessUsage(
        threads: try files.contentsOfDirectory(atPath: "/proc/self/task").count,
        descriptors: try files.contentsOfDirectory(atPath: "/proc/self/fd").count,
        residentBytes: try XCTUnwrap(pages) * sysconf(Int32(_SC_PAGESIZE)))
    }
  }

  package var description: String {
    "\(threads) threads, \(descriptors) descriptors, \(residentBytes >> 20) MB"
  }
}

/// Checks that nothing has grown since; some of it core gives back in the background.
package func assertNoGrowth(
  since before: ProcessUsage, memory: Int, file: StaticString = #filePath, line: UInt = #line
) async throws {
  var after = before
  let isBack = try await eventually {
    after = try .current
    return after.threads <= before.threads + 3 && after.descriptors <= before.descriptors + 3
      && (isSanitized || after.residentBytes < before.residentBytes + memory)
  }
  print("before: \(before); after: \(after)")
  XCTAssertTrue(isBack, "before: \(before); after: \(after)", file: file, line: line)
}
