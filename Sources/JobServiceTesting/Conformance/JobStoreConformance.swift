public import JobCloning
internal import JobMessages

/// One of the promises of `JobStore` that callers rely on, as a check of an implementation.
///
/// A test of a store runs all of them, each on a new and empty store:
/// ```swift
/// for promise in JobStoreConformance.all { try await promise.check(makeStore()) }
/// ```
public struct JobStoreConformance: Sendable {
  /// What is promised, for the test's output.
  public let name: String
  private let body: @Sendable (any JobStore) async throws -> Void

  init(_ name: String, _ body: @escaping @Sendable (any JobStore) async throws -> Void) {
    self.name = name
    self.body = body
  }

  /// All promises.
  public static let all = changes + operations + contents + pages

  /// Checks the promise on a new and empty store.
  ///
  /// - Throws: ``Broken``, or what the store threw.
  public func check(_ store: any JobStore) async throws {
    do {
      try await body(store)
    } catch let broken as Broken {
      throw Broken("\(name): \(broken.description)")
    }
  }

  /// A promise that is not kept.
  public struct Broken: Error, CustomStringConvertible {
    /// What is not as it should be.
    public let description: String

    init(_ description: String) { self.description = description }
  }
}

// MARK: Expectations

func expect(
  _ condition: Bool, _ what: @autoclosure () -> String, line: UInt = #line
) throws {
  if !condition { throw JobStoreConformance.Broken("\(what()) (line \(line))") }
}

func expectEqual<Value: Equatable>(
  _ value: Value, _ expected: Value, _ what: @autoclosure () -> String = "", line: UInt = #line
) throws {
  try expect(value == expected, "\(what()): \(value) is not \(expected)", line: line)
}

// MARK: Examples

enum Example {
  static let now: Int64 = 1_700_000_000

  static func job(
    _ id: String, project: String = "project", at seconds: Int64 = now,
    _ change: (inout Job) -> Void = { _ in }
  ) -> Job {
    var job = Job()
    job.id = id
    job.projectID = project
    job.createdAt = ProtobufTimestamp(seconds: seconds)
    job.status = .creating
    change(&job)
    return job
  }

  static func operation(
    _ id: String, done: Bool = true, at seconds: Int64 = now
  ) -> LongRunningOperation {
    var operation = LongRunningOperation()
    operation.id = id
    operation.createdAt = ProtobufTimestamp(seconds: seconds)
    operation.modifiedAt = operation.createdAt
    operation.done = done
    return operation
  }

  static func creation(
    _ job: Job, contents: [ContentID] = [], epoch: Int64? = nil, claim: IdempotencyClaim? = nil,
    work: OperationWork? = nil
  ) -> JobCreation {
    let operation = operation(
      "op-\(job.id)", done: work == nil, at: job.createdAt?.seconds ?? now)
    var creation = JobCreation(
      job: job, operation: operation, contents: contents, idempotency: claim)
    creation.contentEpoch = epoch
    creation.work = work
    return creation
  }

  static func claim(
    _ key: String, digest: [UInt8] = [1], expires: Int64 = now + 100
  ) -> IdempotencyClaim {
    IdempotencyClaim(
      principalID: "alice", method: "/S/Execute", key: key, requestDigest: digest,
      claimedAt: ProtobufTimestamp(seconds: now), expiresAt: ProtobufTimestamp(seconds: expires))
  }

  static func content(_ number: Int) -> ContentID {
    let digits = String(number, radix: 16)
    return ContentID(
      sha256: String(repeating: "0", count: 64 - digits.count) + digits,
      sizeBytes: Int64(number) + 1)
  }

  static func work(holder: String, expires: Int64) -> OperationWork {
    OperationWork(
      .planUploads, payload: [1, 2, 3], lease: OperationLease(holder: holder, expires: expires))
  }
}

extension JobStore {
  /// Creates a job, which has to succeed, and returns it as it is stored.
  func created(_ creation: JobCreation, line: UInt = #line) async throws -> StoredJob {
    try expectEqual(await create(creation), .created, line: line)
    return try await stored(creation.job.id, line: line)
  }

  /// The job with this id, which has to be there.
  func stored(_ id: String, line: UInt = #line) async throws -> StoredJob {
    guard let stored = try await storedJob(id: id) else {
      throw JobStoreConformance.Broken("job \(id) is missing (line \(line))")
    }
    return stored
  }

  /// How many jobs of the project a query finds.
  func count(_ change: (inout JobQuery) -> Void) async throws -> Int {
    var query = JobQuery(projectID: "project", limit: 9)
    change(&query)
    return try await jobs(matching: query).count
  }

  /// How many jobs are due, nine at the most.
  func countDue(_ due: DueJobs) async throws -> Int {
    try await jobs(due: due, after: nil, limit: 9).count
  }
}
