import Foundation
import GRDB
import JobCloning
import JobMessages
import ProtobufWire
import XCTest

@testable import JobStoreSQLite

/// Idempotency keys (clone-semantics §5).
final class IdempotencyTests: StoreTestCase {
  func testSameRequestReturnsTheOperationOfThen() async throws {
    let store = try openStore()
    _ = try await store.create(makeCreation(makeJob("a"), idempotency: makeClaim()))
    let first = try await store.operation(id: "op-a")
    let outcome = try await store.create(
      makeCreation(makeJob("b"), idempotency: makeClaim()))
    XCTAssertEqual(outcome, first.map { .repeated($0) })
    let job = try await store.job(id: "b")
    XCTAssertNil(job)
    let lookedUp = try await store.idempotent(makeClaim())
    XCTAssertEqual(lookedUp, outcome)
  }

  func testItReturnsTheOperationInItsCurrentState() async throws {
    let store = try openStore()
    let creation = makeCreation(makeJob("a"), idempotency: makeClaim())
    _ = try await store.create(creation)
    var changed = creation.operation
    changed.done = false
    let bytes = Data(changed.serializedBytes())
    try await store.pool.write {
      try $0.execute(sql: "UPDATE operations SET message = ?", arguments: [bytes])
    }
    let outcome = try await store.idempotent(makeClaim())
    guard case .repeated(let operation) = outcome else {
      return XCTFail("\(String(describing: outcome))")
    }
    XCTAssertFalse(operation.operation.done)
  }

  func testAnotherRequestIsRefused() async throws {
    let store = try openStore()
    _ = try await store.create(makeCreation(makeJob("a"), idempotency: makeClaim()))
    let other = makeClaim(digest: [9])
    let outcome = try await store.create(makeCreation(makeJob("b"), idempotency: other))
    XCTAssertEqual(outcome, .keyReused)
    let lookedUp = try await store.idempotent(other)
    XCTAssertEqual(lookedUp, .keyReused)
    XCTAssertEqual(try store.count("jobs"), 1)
  }

  func testScopeIsPrincipalMethodAndKey() async throws {
    let store = try openStore()
    let claims = [
      makeClaim(), makeClaim("other"), makeClaim(principal: "bob"), makeClaim(method: "/S/Create"),
      // The three together are not one text.
      makeClaim("y", principal: "a", method: "x"), makeClaim("xy", principal: "a", method: ""),
    ]
    for (number, claim) in claims.enumerated() {
      let before = try await store.idempotent(claim)
      XCTAssertNil(before)
      let outcome = try await store.create(
        makeCreation(makeJob("\(number)"), idempotency: claim))
      XCTAssertEqual(outcome, .created)
    }
  }

  func testExpiredKeyCountsAsAbsentAndIsReplaced() async throws {
    let store = try openStore()
    _ = try await store.create(
      makeCreation(makeJob("a"), idempotency: makeClaim(at: 1000, nanos: 5)))
    let lastMoment = makeClaim(digest: [9], at: 1000 + 86_400, nanos: 4)
    let early = try await store.idempotent(lastMoment)
    XCTAssertEqual(early, .keyReused)
    let onExpiry = makeClaim(digest: [9], at: 1000 + 86_400, nanos: 5)
    let late = try await store.idempotent(onExpiry)
    XCTAssertNil(late)
    let outcome = try await store.create(
      makeCreation(makeJob("b"), idempotency: onExpiry))
    XCTAssertEqual(outcome, .created)
    let renewed = try await store.idempotent(onExpiry)
    guard case .repeated(let operation) = renewed else {
      return XCTFail("\(String(describing: renewed))")
    }
    XCTAssertEqual(operation.jobID, "b")
    XCTAssertEqual(try store.count("idempotency_keys"), 1)
  }

  func testRefusedCreationClaimsNoKey() async throws {
    let store = try openStore()
    let job = makeJob("a") { $0.name = "n" }
    _ = try await store.create(makeCreation(job))
    let second = makeJob("b") { $0.name = "n" }
    let outcome = try await store.create(
      makeCreation(second, idempotency: makeClaim(), requiresUniqueName: true))
    XCTAssertEqual(outcome, .nameTaken)
    let claim = try await store.idempotent(makeClaim())
    XCTAssertNil(claim)
  }

  /// Two stores on one file stand for two processes: their locks are the same.
  func testOf64SimultaneousCallsThroughTwoStoresOneCreates() async throws {
    let stores = [try openStore(), try openStore()]
    for round in 0..<5 {
      let outcomes = try await withThrowingTaskGroup(of: JobCreationOutcome.self) { group in
        for number in 0..<64 {
          group.addTask {
            let job = makeJob("\(round)-\(number)")
            return try await stores[number % 2].create(
              makeCreation(job, idempotency: makeClaim("key \(round)")))
          }
        }
        return try await group.reduce(into: [JobCreationOutcome]()) { $0.append($1) }
      }
      XCTAssertEqual(outcomes.filter { $0 == .created }.count, 1)
      let operations = outcomes.compactMap { outcome -> String? in
        guard case .repeated(let operation) = outcome else { return nil }
        return operation.operation.id
      }
      XCTAssertEqual(operations.count, 63)
      XCTAssertEqual(Set(operations).count, 1)
      XCTAssertEqual(try stores[0].count("jobs"), round + 1)
      XCTAssertEqual(try stores[1].count("operations"), round + 1)
    }
  }
}
