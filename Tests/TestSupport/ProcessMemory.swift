internal import Foundation
internal import XCTest

/// An amount of memory of a process by its name in `/proc/<pid>/status`, in bytes: VmRSS for what it
/// uses now, VmHWM for the most that it has used.
package func processMemory(_ name: String, of process: Int32) throws -> Int {
  let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
  let line = status.split(separator: "\n").first { $0.hasPrefix(name + ":") }
  let kilobytes = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
  return try XCTUnwrap(kilobytes) * 1024
}
