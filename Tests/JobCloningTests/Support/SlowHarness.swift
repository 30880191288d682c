import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

/// Processes over one store in memory and an object storage that answers when the test says so.
final class SlowHarness: Sendable {
  /// A process: a cloner whose time limits and pauses the test measures.
  struct Process: Sendable {
    let cloner: JobCloner
    let timer: ManualTimer
    let background: BackgroundOperations

    /// The operation, once it is done.
    func end(of operation: LongRunningOperation) async throws -> LongRunningOperation {
      try await cloner.waitForOperation(operation.id, for: Fixture.caller)
    }
  }

  let store: any JobStore
  let objects = SlowStorage()
  let clock = FixedClock()
  let rights = TestRights()
  let policy: OverridePolicy

  /// A harness over a store in memory; the source job is stored with its contents.
  convenience init(policy: OverridePolicy = .init(), source: Job = Fixture.source) {
    let store = InMemoryJobStore()
    store.put(source)
    self.init(store: store, policy: policy)
    upload(source.jobParameters.filled, in: source.projectID)
  }

  /// A harness over this store.
  init(store: any JobStore, policy: OverridePolicy = .init()) {
    self.store = store
    self.policy = policy
  }

  /// Another process on the store, or on another one that shares its data.
  func process(
    on other: (any JobStore)? = nil, runner: (any JobRunner)? = nil
  ) -> Process {
    let timer = ManualTimer()
    let cloner = JobCloner(
      store: other ?? store, objects: objects, policy: policy, authorizer: rights, clock: clock,
      timer: timer, runner: runner)
    return Process(
      cloner: cloner, timer: timer,
      background: BackgroundOperations(cloner: cloner, logger: .silent))
  }

  /// Stores the contents of all files of the parameters.
  func upload(_ parameters: JobParameters, in projectID: String = Fixture.project) {
    for file in parameters.inputFiles + parameters.env.filled.pythonEnv.filled.localModules {
      objects.base.add(
        ContentID(sha256: file.sha256, sizeBytes: file.sizeBytes), in: projectID)
    }
  }

  /// The reply to a clone of the source for which the storage is too slow.
  func slowClone(
    _ process: Process, _ overrides: JobParameters? = nil, key: String? = nil
  ) async throws -> LongRunningOperation {
    let request = CloneProjectJobRequest.with {
      $0.sourceJobID = Fixture.sourceID
      $0.jobParametersOverrides = overrides
    }
    let waiting = objects.held
    // Whoever keeps a lease may sleep for as long.
    let asleep = process.timer.sleepers(for: policy.planningTime)
    async let reply = process.cloner.clone(
      request, for: Caller(principal: Fixture.caller, idempotencyKey: key))
    await objects.waitForQuestions(waiting + 1)
    await process.timer.waitForPauses(of: policy.planningTime, asleep + 1)
    process.timer.advance(by: policy.planningTime)
    return try await reply
  }

  /// The job that an operation is about.
  func job(of operation: LongRunningOperation) async throws -> Job {
    let metadata = try XCTUnwrap(operation.metadata?.unpack(CloneProjectJobMetadata.self))
    let job = try await store.job(id: metadata.jobID)
    return try XCTUnwrap(job)
  }
}

extension LongRunningOperation {
  /// What a done Clone is to upload.
  func uploads(file: StaticString = #filePath, line: UInt = #line) throws -> [StorageFile] {
    XCTAssertTrue(done, file: file, line: line)
    let response = try XCTUnwrap(
      try response?.unpack(CloneProjectJobResponse.self), "\(result as Any)", file: file,
      line: line)
    return response.uploadFiles
  }
}
