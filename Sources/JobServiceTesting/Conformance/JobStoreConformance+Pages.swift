internal import JobCloning
internal import JobMessages
internal import ProtobufWire

extension JobStoreConformance {
  static let pages = [
    JobStoreConformance("a page ends before its bytes") { store in
      let jobs = try await storedJobs([100, 100, 100, 100, 100], in: store)
      let size = jobs[0].serializedSize
      var query = JobQuery(projectID: "project", limit: 9)
      for (bytes, count) in [(size * 2, 2), (size * 3 - 1, 2), (size * 5, 5), (1 << 20, 5)] {
        query.byteLimit = bytes
        let page = try await store.page(matching: query)
        try expectEqual(page.jobs, Array(jobs.prefix(count)), "\(bytes) bytes")
        try expectEqual(page.hasMore, count < 5, "more after \(bytes) bytes")
      }
    },
    JobStoreConformance("pages of bytes and of jobs lead to every job once") { store in
      let sizes = [10, 5_000, 10, 20, 3_000, 3_000, 3_000, 1, 1, 9_000]
      let jobs = try await storedJobs(sizes, in: store)
      for (limit, bytes) in [(1, 1), (3, 4_000), (9, 6_500), (2, 1 << 20), (9, 100)] {
        var query = JobQuery(projectID: "project", limit: limit)
        query.byteLimit = bytes
        var ids: [String] = []
        for _ in 0...jobs.count {
          let page = try await store.page(matching: query)
          try expect(!page.jobs.isEmpty, "an empty page with \(ids.count) jobs before it")
          try expect(page.jobs.count <= limit, "too many jobs on a page")
          let total = page.jobs.reduce(0) { $0 + $1.serializedSize }
          try expect(page.jobs.count == 1 || total <= bytes, "\(total) bytes on a page of \(bytes)")
          ids += page.jobs.map(\.id)
          guard page.hasMore, let last = page.jobs.last else { break }
          query.after = .init(createdAt: last.createdAt ?? ProtobufTimestamp(), id: last.id)
        }
        try expectEqual(ids, jobs.map(\.id), "pages of \(limit) jobs and \(bytes) bytes")
      }
    },
    JobStoreConformance("a job that fits no page is shown by what can be searched for") { store in
      let large = Example.job("a") {
        $0.name = "large"
        $0.createdByID = "alice"
        $0.parentJobID = "parent"
        $0.dataExpiresAt = ProtobufTimestamp(seconds: Example.now + 100)
        $0.config = String(repeating: "x", count: 10_000)
        $0.jobParameters = .with { $0.cmd = "true" }
      }
      _ = try await store.created(Example.creation(large))
      var query = JobQuery(projectID: "project", limit: 9)
      query.byteLimit = 5_000
      var shown = large
      shown.config = ""
      shown.jobParameters = nil
      try expectEqual(await store.page(matching: query), JobPage(jobs: [shown], hasMore: false))
      query.byteLimit = large.serializedSize
      try expectEqual(await store.page(matching: query), JobPage(jobs: [large], hasMore: false))
    },
    JobStoreConformance("a page of due jobs ends before its bytes, with at least one job") {
      store in
      for (id, size) in [("a", 9), ("b", 3), ("c", 3), ("d", 3), ("e", 0)] {
        let job = Example.job(id) { $0.config = String(repeating: "x", count: size << 20) }
        _ = try await store.created(Example.creation(job))
      }
      var (pages, last): ([[String]], String?) = ([], nil)
      repeat {
        let page = try await store.jobs(due: .all, after: last, limit: 9)
        pages.append(page.map(\.job.id))
        last = page.last?.job.id
      } while last != nil && pages.count < 9
      try expectEqual(pages, [["a"], ["b", "c"], ["d", "e"], []])
    },
    JobStoreConformance("what is found tells its project and its size, and is read on demand") {
      store in
      for size in [1, 100_000] {
        let job = Example.job("a\(size)", project: "other") {
          $0.config = String(repeating: "x", count: size)
        }
        let creation = Example.creation(job)
        _ = try await store.created(creation)
        let found = try await store.find(job: job.id)
        try expectEqual(found?.projectID, "other")
        try expectEqual(found?.size, job.serializedSize)
        try expectEqual(await found?.value(), job)
        let operation = try await store.find(operation: creation.operation.id)
        try expectEqual(operation?.projectID, "other")
        try expectEqual(operation?.size, creation.operation.serializedSize)
        try expectEqual(await operation?.value()?.operation, creation.operation)
      }
      let (job, operation) = (
        try await store.find(job: "none"), try await store.find(operation: "none")
      )
      try expect(job == nil && operation == nil, "found what is not there")
    },
  ]

  /// Stores a job with a config of each size and returns them, newest first.
  private static func storedJobs(
    _ sizes: [Int], in store: any JobStore
  ) async throws -> [Job] {
    var jobs: [Job] = []
    for (index, size) in sizes.enumerated() {
      let job = Example.job("job\(index)", at: Example.now + Int64(index)) {
        $0.config = String(repeating: "x", count: size)
      }
      _ = try await store.created(Example.creation(job))
      jobs.insert(job, at: 0)
    }
    return jobs
  }
}
