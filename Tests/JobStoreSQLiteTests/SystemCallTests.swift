import Foundation
import JobCloning
import TestSupport
import XCTest

@testable import JobStoreSQLite

/// The system calls between a creation and its answer, counted outside of the library and SQLite.
///
/// The test program runs itself again on a disk that counts them.
final class SystemCallTests: StoreTestCase {
  func testKernelIsAskedToSynchroniseBeforeEachAnswer() throws {
    let root = directory + "/root"
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    let disk = try FaultyDisk(
      root: root, library: try FaultyDisk.compileLibrary(into: directory),
      folder: directory + "/disk")
    try OtherProcess(
      running: "JobStoreSQLiteTests.SystemCallTests/testHelperThatCreatesJobs",
      environment: disk.environment
    ).waitForSuccess()
    XCTAssertGreaterThanOrEqual(try disk.syncs, 10)
  }

  /// The other process; alone it checks nothing.
  func testHelperThatCreatesJobs() async throws {
    guard let disk = FaultyDisk(environment: ProcessInfo.processInfo.environment) else { return }
    let store = try SQLiteJobStore(path: disk.root + "/jobs.sqlite", keys: Self.keys)
    for number in 0..<10 {
      let before = try disk.syncs
      _ = try await store.create(makeCreation("\(number)"))
      XCTAssertGreaterThan(try disk.syncs, before, "creation \(number)")
    }
  }
}
