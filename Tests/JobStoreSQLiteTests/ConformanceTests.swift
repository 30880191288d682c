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
      try assertHealthy(store, promise.name)
      try await store.close()
    }
  }
}
