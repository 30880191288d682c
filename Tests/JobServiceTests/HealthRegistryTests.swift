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

  func testWatchersMayEndWhileTheyAreTold() async {
    // Each takes locks of the other: in the wrong order they would wait for each other for ever.
    let ended = expectation(description: "all watchers have ended")
    Task {
      for _ in 0..<200 {
        let registry = HealthRegistry(services: [])
        let tasks = (0..<20).map { _ in Task { for await _ in registry.watch("") {} } }
        while registry.watcherCount < tasks.count { await Task.yield() }
        let ending = Task.detached { for task in tasks { task.cancel() } }
        registry.set(.notServing, for: "")
        registry.drain()
        await ending.value
        for task in tasks { await task.value }
        XCTAssertEqual(registry.watcherCount, 0)
      }
      ended.fulfill()
    }
    await fulfillment(of: [ended], timeout: 120)
  }

  func testWatchingADrainedRegistryEnds() async {
    let registry = HealthRegistry(services: [])
    registry.drain()
    var received: [HealthRegistry.Report] = []
    for await report in registry.watch("") { received.append(report) }
    XCTAssertEqual(received, [.notServing])
  }
}
