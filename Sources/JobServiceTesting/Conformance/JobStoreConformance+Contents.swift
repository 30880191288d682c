internal import JobCloning
internal import JobMessages
internal import Synchronization

extension JobStoreConformance {
  static let contents: [JobStoreConformance] = [
    JobStoreConformance("a content is marked when its last live job gives it up", marksReleased),
    JobStoreConformance("only what no live job refers to is marked by a sweep", marksUnreferenced),
    JobStoreConformance("a marked content is removed, and the epoch grows", removesMarked),
    JobStoreConformance("what a job refers to since it was marked is not removed", keepsReferenced),
    JobStoreConformance("a mark alone refuses nothing, and a reference takes it away", marksGoAway),
    JobStoreConformance("a content that cannot be removed keeps its mark", keepsMarkOnFailure),
    JobStoreConformance("one that cannot be removed holds up no other", removesTheOthers),
    JobStoreConformance(
      "a creation may not rely on what was removed since it looked", refusesRemoved),
    JobStoreConformance("a creation waits for the end of a removal", waitsForRemoval),
    JobStoreConformance("nobody relies on a content whose removal has begun", refusesBegun),
    JobStoreConformance(
      "no interleaving removes what an accepted job took for stored", survivesInterleavings),
  ]

  @Sendable private static func marksReleased(_ store: any JobStore) async throws {
    let shared = Example.content(1)
    let own = Example.content(2)
    let first = try await store.created(
      Example.creation(Example.job("a"), contents: [shared, own, .empty]))
    let second = try await store.created(
      Example.creation(Example.job("b"), contents: [shared, .empty]))
    _ = try await store.created(
      Example.creation(Example.job("c", project: "other"), contents: [shared]))
    _ = try await store.change(JobChange(of: first, to: nil))
    try expectEqual(await store.markedContents(limit: 9), [StoredContent(own, in: "project")])
    var change = JobChange(of: second, to: second.job)
    _ = try await store.change(change)
    change = JobChange(of: try await store.stored("b"), to: second.job)
    change.releasesContents = true
    _ = try await store.change(change)
    try expectEqual(
      await store.markedContents(limit: 9),
      [own, shared].map { StoredContent($0, in: "project") }, "oldest mark first")
    try expectEqual(await store.markedContents(limit: 1).count, 1)
  }

  @Sendable private static func marksUnreferenced(_ store: any JobStore) async throws {
    _ = try await store.created(
      Example.creation(Example.job("a"), contents: [Example.content(1)]))
    let all = (0..<3).map { StoredContent(Example.content($0), in: "project") }
    try await store.markUnreferenced(all)
    try await store.markUnreferenced(all)
    try expectEqual(await store.markedContents(limit: 9), [all[0], all[2]])
  }

  @Sendable private static func removesMarked(_ store: any JobStore) async throws {
    let storage = FakeStorage()
    let content = StoredContent(Example.content(1), in: "project")
    storage.add(content)
    let before = try await store.contentEpoch()
    try await store.markUnreferenced([content])
    let removed = try await store.removeMarked([content, content], with: storage.remove)
    try expectEqual(removed, [content])
    try expect(!storage.has(content), "it is still there")
    try expectEqual(await store.markedContents(limit: 9), [])
    try expect(try await store.contentEpoch() > before, "the epoch does not grow")
    storage.add(content)
    let again = try await store.removeMarked([content], with: storage.remove)
    try expectEqual(again, [], "without a mark nothing is removed")
    try expect(storage.has(content), "it was removed without a mark")
  }

  @Sendable private static func keepsReferenced(_ store: any JobStore) async throws {
    let storage = FakeStorage()
    let content = StoredContent(Example.content(1), in: "project")
    storage.add(content)
    try await store.markUnreferenced([content])
    _ = try await store.created(
      Example.creation(Example.job("a"), contents: [content.content]))
    try expectEqual(await store.removeMarked([content], with: storage.remove), [])
    try expect(storage.has(content), "it was removed")
    try expectEqual(await store.markedContents(limit: 9), [], "the mark is taken away")
  }

  @Sendable private static func marksGoAway(_ store: any JobStore) async throws {
    let storage = FakeStorage()
    let contents = (0..<2).map { StoredContent(Example.content($0), in: "project") }
    for content in contents { storage.add(content) }
    let epoch = try await store.contentEpoch()
    try await store.markUnreferenced(contents)
    let stored = try await store.created(
      Example.creation(Example.job("a"), contents: [contents[0].content], epoch: epoch))
    try expectEqual(await store.markedContents(limit: 9), [contents[1]])
    var change = JobChange(of: stored, to: stored.job)
    change.addedContents = [contents[1].content]
    change.contentEpoch = epoch
    guard case .changed = try await store.change(change) else { throw Broken("not changed") }
    try expectEqual(await store.markedContents(limit: 9), [])
    try expectEqual(await store.removeMarked(contents, with: storage.remove), [])
    try expect(contents.allSatisfy(storage.has), "one was removed")
    try expectEqual(await store.contentEpoch(), epoch, "nothing was removed")
  }

  @Sendable private static func keepsMarkOnFailure(_ store: any JobStore) async throws {
    let storage = FakeStorage()
    let contents = (0..<3).map { StoredContent(Example.content($0), in: "project") }
    for content in contents { storage.add(content) }
    try await store.markUnreferenced(contents)
    var failure: StoreError?
    do throws(StoreError) {
      _ = try await store.removeMarked([contents[0]], with: failToRemove)
    } catch {
      failure = error
    }
    try expectEqual(failure?.message, "no disk", "the error is told")
    try expectEqual(await store.markedContents(limit: 9), contents)
    try expectEqual(await store.removeMarked(contents, with: storage.remove), contents)
    try expectEqual(await store.markedContents(limit: 9), [])
  }

  @Sendable private static func removesTheOthers(_ store: any JobStore) async throws {
    let storage = FakeStorage()
    let contents = (0..<3).map { StoredContent(Example.content($0), in: "project") }
    for content in contents { storage.add(content) }
    try await store.markUnreferenced(contents)
    let removed = try await store.removeMarked(contents) { content async throws(StoreError) in
      if content == contents[1] { throw StoreError(.unavailable, "no disk") }
      try await storage.remove(content)
    }
    try expectEqual(removed, [contents[0], contents[2]])
    try expectEqual(await store.markedContents(limit: 9), [contents[1]])
  }

  @Sendable private static func refusesRemoved(_ store: any JobStore) async throws {
    let storage = FakeStorage()
    let content = StoredContent(Example.content(1), in: "project")
    storage.add(content)
    let epoch = try await store.contentEpoch()
    try await store.markUnreferenced([content])
    _ = try await store.removeMarked([content], with: storage.remove)
    let creation = Example.creation(
      Example.job("a"), contents: [content.content], epoch: epoch)
    try expectEqual(await store.create(creation), .contentsChanged)
    try expectEqual(await store.storedJob(id: "a"), nil)
    try expectEqual(await store.operation(id: "op-a"), nil)
    let stored = try await store.created(Example.creation(Example.job("b")))
    var change = JobChange(of: stored, to: stored.job)
    change.addedContents = [content.content]
    change.contentEpoch = epoch
    try expectEqual(await store.change(change), .conflict)
    let later = Example.creation(
      Example.job("a"), contents: [content.content], epoch: try await store.contentEpoch())
    try expectEqual(await store.create(later), .created, "after another look")
  }

  @Sendable private static func waitsForRemoval(_ store: any JobStore) async throws {
    let storage = FakeStorage()
    let content = StoredContent(Example.content(1), in: "project")
    storage.add(content)
    let epoch = try await store.contentEpoch()
    try await store.markUnreferenced([content])
    let creations = Mutex<[Task<JobCreationOutcome, any Error>]>([])
    _ = try await store.removeMarked([content]) { content async throws(StoreError) in
      for epoch in [epoch, nil] {
        let creation = Example.creation(
          Example.job("\(epoch ?? 0)"), contents: [content.content], epoch: epoch)
        let task = Task {
          let outcome = try await store.create(creation)
          try expect(!storage.has(content), "a creation did not wait")
          return outcome
        }
        creations.withLock { $0.append(task) }
      }
      for _ in 0..<50 { await Task.yield() }
      try await storage.remove(content)
    }
    let tasks = creations.withLock { $0 }
    try expectEqual(tasks.count, 2)
    try expectEqual(await tasks[0].value, .contentsChanged, "it relied on what is gone")
    try expectEqual(await tasks[1].value, .created, "it is to upload the content itself")
  }

  @Sendable private static func refusesBegun(_ store: any JobStore) async throws {
    let content = StoredContent(Example.content(1), in: "project")
    func create(_ id: String, since epoch: Int64?) async throws -> JobCreationOutcome {
      try await store.create(
        Example.creation(Example.job(id), contents: [content.content], epoch: epoch))
    }
    let before = try await store.contentEpoch()
    try await store.markUnreferenced([content])
    do throws(StoreError) {
      _ = try await store.removeMarked([content], with: failToRemove)
    } catch {}
    let begun = try await store.contentEpoch()
    for epoch in [before, begun] {
      try expectEqual(await create("a", since: epoch), .contentsChanged)
    }
    try expectEqual(await create("b", since: nil), .created, "it uploads the content itself")
    try expectEqual(await store.markedContents(limit: 9), [], "the removal is given up")
    for epoch in [before, begun] {
      try expectEqual(await create("a", since: epoch), .contentsChanged, "it may be gone")
    }
    try expectEqual(await create("a", since: store.contentEpoch()), .created)
  }

  @Sendable private static func survivesInterleavings(_ store: any JobStore) async throws {
    let storage = FakeStorage(failsSometimes: true)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for maker in 0..<6 {
        group.addTask { try await makeJobs(60, named: "maker \(maker)", in: store, storage) }
      }
      for _ in 0..<2 {
        group.addTask { try await sweep(200, in: store, storage) }
      }
      try await group.waitForAll()
    }
  }

  @Sendable private static func failToRemove(_: StoredContent) async throws(StoreError) {
    throw StoreError(.unavailable, "no disk")
  }

  /// Makes jobs as the domain does, checks that their contents are there, and removes them.
  private static func makeJobs(
    _ count: Int, named name: String, in store: any JobStore, _ storage: FakeStorage
  ) async throws {
    for number in 0..<count {
      let contents = Set((0..<3).map { _ in Example.content(Int.random(in: 0..<8)) })
      let epoch = try await store.contentEpoch()
      if Bool.random() { await Task.yield() }
      let stored = contents.filter { storage.has(StoredContent($0, in: "project")) }
      let id = "\(name) \(number)"
      let creation = Example.creation(
        Example.job(id), contents: Array(contents), epoch: stored.isEmpty ? nil : epoch)
      switch try await store.create(creation) {
      case .created: break
      case .contentsChanged: continue
      case let other: throw Broken("\(other)")
      }
      for content in stored {
        try expect(
          storage.has(StoredContent(content, in: "project")), "gone as \(id) was accepted")
      }
      for content in contents { storage.add(StoredContent(content, in: "project")) }
      for _ in 0..<Int.random(in: 0..<8) { await Task.yield() }
      for content in contents {
        try expect(
          storage.has(StoredContent(content, in: "project")), "gone while \(id) was live")
      }
      _ = try await store.change(JobChange(of: store.stored(id), to: nil))
    }
  }

  private static func sweep(
    _ count: Int, in store: any JobStore, _ storage: FakeStorage
  ) async throws {
    for _ in 0..<count {
      if Int.random(in: 0..<4) == 0 { try await store.markUnreferenced(storage.contents) }
      let marked = try await store.markedContents(limit: 4)
      do throws(StoreError) {
        _ = try await store.removeMarked(marked, with: storage.remove)
      } catch {
        guard error.code == .unavailable else { throw error }
      }
      await Task.yield()
    }
  }
}
