import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

/// A process that runs jobs over stores in memory, and a job that waits to be executed.
final class RunHarness: Sendable {
  static let jobID = "bt1job00000000000001"

  let store: InMemoryJobStore
  let objects: InMemoryObjectStorage
  let clock: FixedClock
  let rights = TestRights()
  let runner: ScriptedRunner
  let logs = InMemoryJobLogs()
  let cloner: JobCloner

  /// A harness; the job is stored with its contents.
  init(
    job: Job = RunHarness.job, policy: OverridePolicy = .init(),
    timer: any Clock<Duration> = ContinuousClock(),
    _ script: @escaping ScriptedRunner.Script = { _, _ in JobRunResult(returnCode: 0) }
  ) {
    store = InMemoryJobStore()
    objects = InMemoryObjectStorage()
    clock = FixedClock()
    runner = ScriptedRunner(script)
    cloner = JobCloner(
      store: store, objects: objects, policy: policy, authorizer: rights, clock: clock,
      timer: timer, runner: runner, logs: logs)
    store.put(job)
    upload(Fixture.full.inputFiles + Fixture.modules)
  }

  /// Another process on the same stores, with this runner.
  init(sharing other: RunHarness, _ script: @escaping ScriptedRunner.Script) {
    store = other.store
    objects = other.objects
    clock = other.clock
    runner = ScriptedRunner(script)
    cloner = JobCloner(
      store: store, objects: objects, authorizer: rights, clock: clock, runner: runner,
      logs: logs)
  }

  /// The job before it was ever executed.
  static let job = Job.with {
    $0.id = jobID
    $0.name = "run"
    $0.desc = "what is run"
    $0.createdAt = ProtobufTimestamp(seconds: 1_700_000_000)
    $0.status = .creating
    $0.createdByID = Fixture.owner.id
    $0.projectID = Fixture.project
    $0.jobParameters = Fixture.full
    $0.dataExpiresAt = ProtobufTimestamp(seconds: 1_900_000_000)
  }

  func upload(_ files: [File]) {
    for file in files { objects.add(file.content, in: Fixture.project) }
  }

  @discardableResult
  func execute(
    as caller: Caller = Caller(principal: Fixture.caller)
  ) async throws -> LongRunningOperation {
    try await cloner.execute(.with { $0.jobID = Self.jobID }, for: caller)
  }

  /// Executes the job, and waits for its end.
  func executed() async throws -> LongRunningOperation {
    try await end(of: try await execute())
  }

  func end(of operation: LongRunningOperation) async throws -> LongRunningOperation {
    try await cloner.waitForOperation(operation.id, for: Fixture.caller)
  }

  func cancel(gracefully: Bool = false, reason: String = "") async throws {
    _ = try await cloner.cancel(
      .with {
        $0.jobID = Self.jobID
        $0.graceful = gracefully
        $0.reason = reason
      }, for: Caller(principal: Fixture.caller))
  }

  /// The job as it is stored.
  func job() async throws -> Job {
    let job = try await store.job(id: Self.jobID)
    return try XCTUnwrap(job)
  }
}

extension Fixture {
  /// The local modules of ``full``.
  static var modules: [File] { full.env?.pythonEnv?.localModules ?? [] }
}

extension File {
  var content: ContentID { ContentID(sha256: sha256, sizeBytes: sizeBytes) }
}

extension LongRunningOperation {
  func executionResponse() throws -> ExecuteProjectJobResponse {
    try XCTUnwrap(try response?.unpack(ExecuteProjectJobResponse.self), "\(result as Any)")
  }

  func executionMetadata() throws -> ExecuteProjectJobMetadata {
    try XCTUnwrap(try metadata?.unpack(ExecuteProjectJobMetadata.self))
  }
}
