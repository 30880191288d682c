import JobServiceTesting
import XCTest

/// The store for tests is one that tests may rely on.
final class InMemoryJobStoreTests: XCTestCase {
  func testEveryPromiseIsKept() async {
    for promise in JobStoreConformance.all {
      do {
        try await promise.check(InMemoryJobStore())
      } catch {
        XCTFail("\(promise.name): \(error)")
      }
    }
  }
}
