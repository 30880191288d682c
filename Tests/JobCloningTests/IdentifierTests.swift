import JobCloning
import JobMessages
import XCTest

/// clone-semantics §2: ids of 20 characters, ordered by time, with a tail that cannot be guessed.
final class IdentifierTests: XCTestCase {
  func testAnIDIs20CharactersWithThePrefix() {
    let ids = TimeOrderedIDs()
    for prefix in ["bt1", "abc"] {
      let id = ids.makeID(prefix: prefix)
      XCTAssertEqual(id.utf8.count, 20)
      XCTAssertTrue(id.hasPrefix(prefix))
      XCTAssertTrue(id.utf8.allSatisfy { "0123456789abcdefghijklmnopqrstuvwxyz".utf8.contains($0) })
    }
  }

  func testIDsGrowEvenWhenTheClockStandsOrGoesBack() {
    let clock = FixedClock()
    let ids = TimeOrderedIDs(clock: clock)
    var last = ""
    for index in 0..<50_000 {
      if index % 1_000 == 999 { clock.advance(seconds: index % 2_000 == 999 ? -5 : 1) }
      let id = ids.makeID(prefix: "bt1")
      XCTAssertLessThan(last, id)
      last = id
    }
  }

  func testIDsOfLaterTimesAreGreaterAcrossProcesses() {
    let clock = FixedClock()
    var last = ""
    for _ in 0..<100 {
      clock.advance(seconds: 1)
      let id = TimeOrderedIDs(clock: clock).makeID(prefix: "bt1")
      XCTAssertLessThan(last, id)
      last = id
    }
  }

  func testIDsOfOneMomentDifferAcrossProcesses() {
    let clock = FixedClock()
    let ids = (0..<1_000).map { _ in TimeOrderedIDs(clock: clock).makeID(prefix: "bt1") }
    XCTAssertEqual(Set(ids).count, 1_000)
    XCTAssertEqual(Set(ids.map { $0.prefix(12) }).count, 1, "the time is the same")
  }

  func testConcurrentCallsMakeDistinctIDs() async {
    let ids = TimeOrderedIDs()
    let made = await withTaskGroup(of: [String].self) { group in
      for _ in 0..<8 {
        group.addTask { (0..<2_000).map { _ in ids.makeID(prefix: "bt1") } }
      }
      return await group.reduce(into: []) { $0 += $1 }
    }
    XCTAssertEqual(Set(made).count, 16_000)
  }

  func testThePrefixIsThePolicys() async throws {
    let made = try await Harness(policy: OverridePolicy(idPrefix: "xyz")).clone()
    XCTAssertTrue(made.job.id.hasPrefix("xyz"))
    XCTAssertTrue(made.operation.id.hasPrefix("xyz"))
  }

  func testTheSystemsClockTellsTheTime() {
    let before = Date().timeIntervalSince1970
    let now = SystemClock().now()
    let after = Date().timeIntervalSince1970
    let seconds = Double(now.seconds) + Double(now.nanos) / 1e9
    XCTAssertGreaterThanOrEqual(seconds, before - 0.001)
    XCTAssertLessThanOrEqual(seconds, after + 0.001)
  }
}
