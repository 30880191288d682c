import Foundation
import JobCloning
import XCTest

@testable import JobStoreSQLite

/// The system calls between a creation and its answer, counted outside of the library and SQLite.
///
/// The test program runs itself again under a preloaded library that writes one letter for each
/// `fdatasync` and `fsync` of the log; the run writes one for each answer.
final class SystemCallTests: StoreTestCase {
  private static let traceVariable = "JOB_STORE_SYNC_TRACE"
  private static let creations = 10

  func testKernelIsAskedToSynchroniseBeforeEachAnswer() throws {
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    let library = directory + "/trace.so"
    try Self.source.write(toFile: directory + "/trace.c", atomically: true, encoding: .utf8)
    try OtherProcess(
      "/usr/bin/env", ["cc", "-shared", "-fPIC", "-o", library, directory + "/trace.c", "-ldl"]
    ).waitForSuccess()
    let trace = directory + "/trace"
    try OtherProcess(
      running: "JobStoreSQLiteTests.SystemCallTests/testHelperThatCreatesJobs",
      environment: ["LD_PRELOAD": library, Self.traceVariable: trace]
    ).waitForSuccess()
    let letters = try String(contentsOfFile: trace, encoding: .utf8)
    let answers = letters.split(separator: "a", omittingEmptySubsequences: false).dropLast()
    XCTAssertEqual(answers.count, Self.creations, letters)
    for syncs in answers { XCTAssertTrue(syncs.contains("s"), letters) }
  }

  /// The other process; alone it checks nothing.
  func testHelperThatCreatesJobs() async throws {
    guard let trace = ProcessInfo.processInfo.environment[Self.traceVariable] else { return }
    let store = try openStore()
    XCTAssertTrue(FileManager.default.createFile(atPath: trace, contents: nil))
    let file = try XCTUnwrap(FileHandle(forWritingAtPath: trace))
    for number in 0..<Self.creations {
      _ = try await store.create(makeCreation("\(number)"))
      try file.seekToEnd()
      try file.write(contentsOf: Data("a".utf8))
    }
  }

  private static let source = """
    #define _GNU_SOURCE
    #include <dlfcn.h>
    #include <fcntl.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <unistd.h>

    static void trace(int file) {
      char link[64], path[4096];
      snprintf(link, sizeof link, "/proc/self/fd/%d", file);
      ssize_t length = readlink(link, path, sizeof path);
      if (length < 4 || memcmp(path + length - 4, "-wal", 4) != 0) return;
      int out = open(getenv("\(traceVariable)"), O_WRONLY | O_APPEND);
      if (out < 0) return;
      if (write(out, "s", 1) != 1) abort();
      close(out);
    }

    int fdatasync(int file) {
      int result = ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(file);
      trace(file);
      return result;
    }

    int fsync(int file) {
      int result = ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(file);
      trace(file);
      return result;
    }
    """
}
