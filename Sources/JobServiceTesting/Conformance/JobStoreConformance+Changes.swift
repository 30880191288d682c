internal import JobCloning
internal import JobMessages

extension JobStoreConformance {
  static let changes: [JobStoreConformance] = [
    JobStoreConformance(
      "a job is changed from the state that is named, and no other", changesOneState),
    JobStoreConformance("how urgently a job is to stop is kept", urgencyIsKept),
    JobStoreConformance("of changes at once one wins for each revision", oneChangeWins),
    JobStoreConformance("a removed job is gone, and its operations stay", removalKeepsOperations),
    JobStoreConformance("what a job is found by follows its changes", searchesFollowChanges),
    JobStoreConformance("an idempotency key of a change leads to its operation", changesHaveKeys),
    JobStoreConformance("changes at once with one key make one operation", oneKeyMakesOneOperation),
    JobStoreConformance("the end of upload URLs only moves on", uploadsOnlyMoveOn),
    JobStoreConformance("due jobs come in pages, in the order of their ids", dueJobsComeInPages),
  ]

  @Sendable private static func changesOneState(_ store: any JobStore) async throws {
    let stored = try await store.created(Example.creation(Example.job("a")))
    var job = stored.job
    job.status = .success
    let outcome = try await store.change(JobChange(of: stored, to: job))
    guard case .changed(let revision?) = outcome else { throw Broken("\(outcome)") }
    try expect(revision > stored.revision, "the revision grows")
    let now = try await store.stored("a")
    try expectEqual(now.job, job)
    try expectEqual(now.revision, revision)
    try expectEqual(await store.job(id: "a"), job)
    try expectEqual(await store.change(JobChange(of: stored, to: nil)), .conflict)
    try expectEqual(await store.stored("a"), now, "a conflict changes nothing")
  }

  @Sendable private static func urgencyIsKept(_ store: any JobStore) async throws {
    let created = try await store.created(Example.creation(Example.job("a")))
    try expectEqual(created.stopsAtOnce, false)
    var change = JobChange(of: created, to: created.job)
    change.stopsAtOnce = true
    _ = try await store.change(change)
    let urgent = try await store.stored("a")
    try expectEqual(urgent.stopsAtOnce, true)
    _ = try await store.change(JobChange(of: urgent, to: urgent.job))
    try expectEqual(await store.stored("a").stopsAtOnce, true, "a change that does not name it")
    try expectEqual(await store.jobs(due: .all, after: nil, limit: 1).map(\.stopsAtOnce), [true])
  }

  @Sendable private static func oneChangeWins(_ store: any JobStore) async throws {
    _ = try await store.created(Example.creation(Example.job("a")))
    for round in 0..<5 {
      let before = try await store.stored("a")
      let won = try await withThrowingTaskGroup(of: String?.self) { group in
        for number in 0..<64 {
          group.addTask {
            var job = before.job
            job.statusDetails = "\(round) \(number)"
            switch try await store.change(JobChange(of: before, to: job)) {
            case .changed: return job.statusDetails
            case .conflict: return nil
            case let other: throw Broken("\(other)")
            }
          }
        }
        return try await group.reduce(into: [String]()) { won, details in
          if let details { won.append(details) }
        }
      }
      try expectEqual(won.count, 1, "winners of round \(round)")
      try expectEqual(await store.stored("a").job.statusDetails, won.first)
    }
  }

  @Sendable private static func removalKeepsOperations(_ store: any JobStore) async throws {
    let stored = try await store.created(Example.creation(Example.job("a")))
    var change = JobChange(of: stored, to: nil)
    change.newOperation = .init(Example.operation("removal"))
    try expectEqual(await store.change(change), .changed(revision: nil))
    try expectEqual(await store.storedJob(id: "a"), nil)
    try expectEqual(await store.job(id: "a"), nil)
    try expectEqual(await store.jobs(matching: JobQuery(projectID: "project", limit: 9)), [])
    for id in ["op-a", "removal"] {
      let operation = try await store.operation(id: id)
      try expectEqual(operation?.jobID, "a", id)
      try expectEqual(operation?.projectID, "project", id)
    }
    try expectEqual(await store.change(JobChange(of: stored, to: stored.job)), .conflict)
  }

  @Sendable private static func searchesFollowChanges(_ store: any JobStore) async throws {
    let stored = try await store.created(
      Example.creation(Example.job("a") { $0.name = "old" }))
    var job = stored.job
    job.status = .error
    job.name = "new"
    job.createdByID = "bob"
    job.dataExpiresAt = ProtobufTimestamp(seconds: 500, nanos: 1)
    _ = try await store.change(JobChange(of: stored, to: job))
    try expectEqual(await store.count { $0.names = ["old"] }, 0)
    try expectEqual(await store.count { $0.names = ["new"] }, 1)
    try expectEqual(await store.count { $0.statuses = [.creating] }, 0)
    try expectEqual(await store.count { $0.statuses = [.error] }, 1)
    try expectEqual(await store.count { $0.statuses = [.creating, .error] }, 1)
    try expectEqual(await store.count { $0.names = ["old", "new"] }, 1)
    try expectEqual(await store.count { $0.createdByIDs = ["bob"] }, 1)
    try expectEqual(await store.countDue(.uploadsExpired(before: .max)), 0)
    try expectEqual(await store.countDue(.dataExpired(at: 500)), 0, "a nanosecond too early")
    try expectEqual(await store.countDue(.dataExpired(at: 501)), 1)
    job.dataCleared = true
    _ = try await store.change(JobChange(of: store.stored("a"), to: job))
    try expectEqual(await store.countDue(.dataExpired(at: .max)), 0)
    try expectEqual(await store.countDue(.all), 1)
  }

  @Sendable private static func changesHaveKeys(_ store: any JobStore) async throws {
    let stored = try await store.created(Example.creation(Example.job("a")))
    var change = JobChange(of: stored, to: stored.job)
    change.newOperation = .init(Example.operation("execute"))
    change.idempotency = Example.claim("key")
    guard case .changed = try await store.change(change) else { throw Broken("not changed") }
    let operation = StoredOperation(
      operation: Example.operation("execute"), projectID: "project", jobID: "a")
    change.newOperation = .init(Example.operation("again"))
    try expectEqual(await store.change(change), .repeated(operation), "whatever the revision")
    try expectEqual(await store.idempotent(Example.claim("key")), .repeated(operation))
    change.idempotency = Example.claim("key", digest: [2])
    try expectEqual(await store.change(change), .keyReused)
    try expectEqual(await store.operation(id: "again"), nil)
  }

  @Sendable private static func oneKeyMakesOneOperation(_ store: any JobStore) async throws {
    let stored = try await store.created(Example.creation(Example.job("a")))
    let outcomes = try await withThrowingTaskGroup(of: JobChangeOutcome.self) { group in
      for number in 0..<32 {
        group.addTask {
          var change = JobChange(of: stored, to: stored.job)
          change.newOperation = .init(Example.operation("op \(number)"))
          change.idempotency = Example.claim("key")
          return try await store.change(change)
        }
      }
      return try await group.reduce(into: [JobChangeOutcome]()) { $0.append($1) }
    }
    let repeats = outcomes.filter { if case .repeated = $0 { true } else { false } }
    try expectEqual(repeats.count, 31)
    try expectEqual(Set(repeats).count, 1, "all are told the same operation")
  }

  @Sendable private static func uploadsOnlyMoveOn(_ store: any JobStore) async throws {
    var creation = Example.creation(Example.job("a"))
    creation.uploadsExpire = 100
    let before = try await store.created(creation)
    try expectEqual(before.uploadsExpire, 100)
    try await store.extendUploads(ofJob: "a", until: 50)
    try expectEqual(await store.stored("a"), before)
    try await store.extendUploads(ofJob: "a", until: 200)
    try expectEqual(await store.stored("a").uploadsExpire, 200)
    try expectEqual(await store.change(JobChange(of: before, to: nil)), .conflict)
    try await store.extendUploads(ofJob: "none", until: 200)
    try expectEqual(await store.countDue(.uploadsExpired(before: 200)), 0)
    try expectEqual(await store.countDue(.uploadsExpired(before: 201)), 1)
  }

  @Sendable private static func dueJobsComeInPages(_ store: any JobStore) async throws {
    for number in (0..<25).reversed() {
      let job = Example.job("job \(number + 10)", project: "p\(number % 3)") {
        $0.dataExpiresAt = ProtobufTimestamp(seconds: Int64(number))
      }
      _ = try await store.created(Example.creation(job))
    }
    func all(_ due: DueJobs) async throws -> [String] {
      var ids: [String] = []
      while true {
        let page = try await store.jobs(due: due, after: ids.last, limit: 4)
        try expect(page.count <= 4, "a page of \(page.count)")
        ids += page.map(\.job.id)
        if page.isEmpty { return ids }
      }
    }
    let ids = (10..<35).map { "job \($0)" }
    try expectEqual(await all(.all), ids)
    try expectEqual(await all(.dataExpired(at: 9)), Array(ids.prefix(10)))
    try expectEqual(await all(.uploadsExpired(before: 1)), ids)
    try expectEqual(await store.jobs(due: .all, after: nil, limit: 0), [])
  }
}
