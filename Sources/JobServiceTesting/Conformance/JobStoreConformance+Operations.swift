internal import JobCloning
internal import JobMessages

extension JobStoreConformance {
  static let operations: [JobStoreConformance] = [
    JobStoreConformance("the time of the last sweep is kept, forwards and back") { store in
      try expectEqual(await store.lastSweep(), nil)
      for second in [Example.now, Example.now + 1_000_000, 5, -1, .max] {
        try await store.noteSweep(at: second)
        try expectEqual(await store.lastSweep(), second)
      }
    },
    JobStoreConformance("an operation of no job is stored once for its key", addsOnce),
    JobStoreConformance("operations are listed newest first, in pages", listsOperations),
    JobStoreConformance("work is claimed when its lease is over, oldest first", claimsFreeWork),
    JobStoreConformance("of many that claim at once one gets each operation", claimsOnce),
    JobStoreConformance("only who has the lease completes an operation, and once", holderCompletes),
    JobStoreConformance(
      "whoever has the lease may be overruled without a name", leaseMayBeOverruled),
    JobStoreConformance("operations and keys are forgotten when their time is over", forgets),
  ]

  @Sendable private static func addsOnce(_ store: any JobStore) async throws {
    func add(
      _ id: String, _ claim: IdempotencyClaim?
    ) async throws -> JobCreationOutcome {
      try await store.add(
        StoredOperation(operation: Example.operation(id), projectID: "p", jobID: ""),
        idempotency: claim)
    }
    let first = StoredOperation(operation: Example.operation("a"), projectID: "p", jobID: "")
    try expectEqual(await add("a", Example.claim("key")), .created)
    try expectEqual(await add("b", Example.claim("key")), .repeated(first))
    try expectEqual(await add("c", Example.claim("key", digest: [2])), .keyReused)
    try expectEqual(await add("d", nil), .created)
    try expectEqual(await store.operation(id: "a"), first)
    for id in ["b", "c"] { try expectEqual(await store.operation(id: id), nil) }
    // Of one that is there, the key alone is stored.
    try expectEqual(await add("a", Example.claim("other key")), .created)
    try expectEqual(await add("e", Example.claim("other key")), .repeated(first))
  }

  @Sendable private static func listsOperations(_ store: any JobStore) async throws {
    for number in 0..<20 {
      let job = Example.job("\(number + 10)", at: Example.now + Int64(number / 2))
      let work = number % 4 == 0 ? Example.work(holder: "h", expires: 5) : nil
      _ = try await store.created(Example.creation(job, work: work))
    }
    _ = try await store.created(Example.creation(Example.job("x", project: "other")))
    func all(_ change: (inout OperationQuery) -> Void = { _ in }) async throws -> [String] {
      var operations: [LongRunningOperation] = []
      while true {
        var query = OperationQuery(projectID: "project", limit: 3)
        change(&query)
        if let last = operations.last, let time = last.createdAt {
          query.after = JobQuery.Cursor(createdAt: time, id: last.id)
        }
        let page = try await store.operations(matching: query)
        operations += page.map(\.operation)
        if page.isEmpty { return operations.map(\.id) }
      }
    }
    let ids = (10..<30).reversed().map { "op-\($0)" }
    try expectEqual(await all(), ids)
    try expectEqual(await all { $0.isDone = false }, ids.filter { unfinished.contains($0) })
    try expectEqual(await all { $0.isDone = true }, ids.filter { !unfinished.contains($0) })
    try expectEqual(await all { $0.jobID = "14" }, ["op-14"])
    try expectEqual(await all { $0.jobID = "none" }, [])
  }

  @Sendable private static func claimsFreeWork(_ store: any JobStore) async throws {
    for (number, expires) in [(0, 30), (1, 10), (2, 20)] {
      _ = try await store.created(
        Example.creation(
          Example.job("\(number)", at: Example.now + Int64(number)),
          work: Example.work(holder: "first", expires: Int64(expires))))
    }
    _ = try await store.created(Example.creation(Example.job("done")))
    func claim(
      _ holder: String, now: Int64, limit: Int = 9,
      _ kinds: Set<OperationWork.Kind> = [.planUploads, .execute]
    ) async throws -> [String] {
      let lease = OperationLease(holder: holder, expires: 100)
      return try await store.claimUnfinished(
        kinds, for: lease, now: now, limit: limit
      ).map {
        try expectEqual($0.work.lease, lease)
        try expectEqual($0.work.payload, [1, 2, 3])
        try expectEqual($0.work.kind, .planUploads)
        return $0.stored.operation.id
      }
    }
    try expectEqual(await claim("second", now: 9), [])
    for kinds in [[.execute], []] as [Set<OperationWork.Kind>] {
      try expectEqual(await claim("second", now: 20, kinds), [], "work of another kind stays")
    }
    try expectEqual(await claim("second", now: 20), ["op-1", "op-2"])
    try expectEqual(await claim("third", now: 50, limit: 0), [])
    try expectEqual(await claim("third", now: 50, limit: 1), ["op-0"])
    try expectEqual(await claim("fourth", now: 99), [])
    let lease = OperationLease(holder: "second", expires: 200)
    try expectEqual(await store.renew(lease, ofOperation: "op-1"), true)
    try expectEqual(await store.renew(lease, ofOperation: "op-0"), false)
    try expectEqual(await store.renew(lease, ofOperation: "op-done"), false)
    try expectEqual(await store.renew(lease, ofOperation: "none"), false)
    try expectEqual(await claim("fifth", now: 150), ["op-0", "op-2"])
  }

  @Sendable private static func claimsOnce(_ store: any JobStore) async throws {
    for number in 0..<40 {
      _ = try await store.created(
        Example.creation(
          Example.job("\(number)"), work: Example.work(holder: "dead", expires: 10)))
    }
    let claimed = try await withThrowingTaskGroup(of: [String].self) { group in
      for holder in 0..<16 {
        group.addTask {
          let lease = OperationLease(holder: "\(holder)", expires: 100)
          return try await store.claimUnfinished([.planUploads], for: lease, now: 10, limit: 3)
            .map(\.stored.operation.id)
        }
      }
      return try await group.reduce(into: [String]()) { $0 += $1 }
    }
    try expectEqual(claimed.count, 40)
    try expectEqual(Set(claimed).count, 40, "nothing is claimed twice")
  }

  @Sendable private static func holderCompletes(_ store: any JobStore) async throws {
    let stored = try await store.created(
      Example.creation(Example.job("a"), work: Example.work(holder: "first", expires: 10)))
    let second = OperationLease(holder: "second", expires: 100)
    _ = try await store.claimUnfinished([.planUploads], for: second, now: 10, limit: 1)
    func complete(_ holder: String?, from stored: StoredJob) async throws -> JobChangeOutcome {
      var change = JobChange(of: stored, to: stored.job)
      change.updatedOperation = .init(Example.operation("op-a"), holder: holder)
      return try await store.change(change)
    }
    try expectEqual(await complete("first", from: stored), .leaseLost)
    try expectEqual(await store.stored("a"), stored, "nothing is changed without the lease")
    try expectEqual(await store.operation(id: "op-a")?.operation.done, false)
    guard case .changed = try await complete("second", from: stored) else {
      throw Broken("the holder could not complete")
    }
    try expectEqual(await store.operation(id: "op-a")?.operation.done, true)
    let after = try await store.stored("a")
    for holder in ["second", nil] {
      try expectEqual(await complete(holder, from: after), .leaseLost, "done already")
    }
    try expectEqual(await store.renew(second, ofOperation: "op-a"), false)
    let all = try await store.claimUnfinished(
      [.planUploads, .execute], for: second, now: .max, limit: 9)
    try expectEqual(all, [])
  }

  @Sendable private static func leaseMayBeOverruled(_ store: any JobStore) async throws {
    let stored = try await store.created(
      Example.creation(Example.job("a"), work: Example.work(holder: "first", expires: 10)))
    var change = JobChange(of: stored, to: stored.job)
    change.updatedOperation = .init(Example.operation("op-a", done: false), holder: nil)
    guard case .changed = try await store.change(change) else { throw Broken("not changed") }
    let lease = OperationLease(holder: "first", expires: 20)
    try expectEqual(await store.renew(lease, ofOperation: "op-a"), true, "its work goes on")
  }

  @Sendable private static func forgets(_ store: any JobStore) async throws {
    for number in 0..<10 {
      let job = Example.job("\(number)", at: Int64(number))
      let claim = Example.claim("\(number)", expires: Example.now + Int64(number))
      _ = try await store.created(Example.creation(job, claim: claim))
    }
    _ = try await store.created(
      Example.creation(
        Example.job("unfinished", at: 0), work: Example.work(holder: "h", expires: 0)))
    func forget(_ time: Int64, _ now: Int64, limit: Int = 100) async throws -> Int {
      try await store.forget(operationsDoneBefore: time, keysExpiredAt: now, limit: limit)
    }
    try expectEqual(await forget(0, Example.now - 1), 0)
    try expectEqual(await forget(5, Example.now + 4, limit: 3), 6)
    try expectEqual(await forget(5, Example.now + 4, limit: 3), 4)
    try expectEqual(await forget(5, Example.now + 4, limit: 3), 0)
    for number in 0..<10 {
      let operation = try await store.operation(id: "op-\(number)")
      try expectEqual(operation != nil, number >= 5, "operation \(number)")
    }
    let unfinished = try await store.operation(id: "op-unfinished")
    try expect(unfinished != nil, "an operation that is not done is kept")
  }

  private static let unfinished = Set((0..<20).filter { $0 % 4 == 0 }.map { "op-\($0 + 10)" })
}
