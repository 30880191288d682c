import JobMessages
import XCTest

@testable import JobService

final class HealthRegistryTests: XCTestCase {
  func testAWatcherThatEndsIsForgotten() async {
    let registry = HealthRegistry(services: [])
    let task = Task { for await _ in registry.watch("") {} }
    while registry.watcherCount == 0 { await Task.yield() }
    task.cancel()
    await task.value
    XCTAssertEqual(registry.watcherCount, 0)
  }

  func testASlowWatcherGetsTheLastStatus() async {
    let registry = HealthRegistry(services: [])
    let reports = registry.watch("")
    for _ in 0..<100 {
      registry.set(.notServing, for: "")
      registry.set(.serving, for: "")
    }
    registry.drain()
    var received: [HealthRegistry.Report] = []
    for await report in reports { received.append(report) }
    XCTAssertEqual(received, [.notServing])
  }

  func testWatchingADrainedRegistryEnds() async {
    let registry = HealthRegistry(services: [])
    registry.drain()
    var received: [HealthRegistry.Report] = []
    for await report in registry.watch("") { received.append(report) }
    XCTAssertEqual(received, [.notServing])
  }
}
