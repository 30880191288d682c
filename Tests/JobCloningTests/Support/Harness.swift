import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import Synchronization
import XCTest

/// A cloner over stores in memory, with a clock and ids that the test fixes.
final class Harness: Sendable {
  let store: InMemoryJobStore
  let objects = InMemoryObjectStorage()
  let clock = FixedClock()
  let rights = TestRights()
  let cloner: JobCloner

  /// A harness; the source job is stored with its contents.
  init(policy: OverridePolicy = .init(), keys: KeyRing = .random(), source: Job = Fixture.source) {
    store = InMemoryJobStore(keys: keys)
    cloner = JobCloner(
      store: store, objects: objects, policy: policy, authorizer: rights, clock: clock,
      ids: SequentialIDs())
    store.put(source)
    upload(source.jobParameters.filled, in: source.projectID)
  }

  /// Stores the contents of all files of the parameters.
  func upload(_ parameters: JobParameters, in projectID: String = Fixture.project) {
    for file in parameters.inputFiles + parameters.env.filled.pythonEnv.filled.localModules {
      objects.add(
        ContentID(sha256: file.sha256, sizeBytes: file.sizeBytes), in: projectID)
    }
  }

  /// Clones the source with these overrides.
  @discardableResult
  func clone(
    _ overrides: JobParameters? = nil, as caller: Caller = Caller(principal: Fixture.caller),
    _ change: (inout CloneProjectJobRequest) -> Void = { _ in }
  ) async throws -> Made<CloneProjectJobResponse> {
    var request = CloneProjectJobRequest()
    request.sourceJobID = Fixture.sourceID
    request.jobParametersOverrides = overrides
    change(&request)
    return try await Made(try await cloner.clone(request, for: caller), store)
  }

  /// Creates a job of these parameters.
  @discardableResult
  func create(
    _ parameters: JobParameters?, as caller: Caller = Caller(principal: Fixture.caller),
    _ change: (inout CreateProjectJobRequest) -> Void = { _ in }
  ) async throws -> Made<CreateProjectJobResponse> {
    var request = CreateProjectJobRequest()
    request.projectID = Fixture.project
    request.jobParameters = parameters
    change(&request)
    return try await Made(try await cloner.create(request, for: caller), store)
  }
}

/// What a call made: the reply, and the job as it is stored.
struct Made<Response: Message> {
  let operation: LongRunningOperation
  let response: Response
  let job: Job

  init(_ operation: LongRunningOperation, _ store: InMemoryJobStore) async throws {
    self.operation = operation
    response = try XCTUnwrap(try operation.response?.unpack(Response.self))
    let id =
      (response as? CloneProjectJobResponse)?.jobID
      ?? (response as? CreateProjectJobResponse)?.jobID
    let stored = try await store.job(id: id ?? "")
    job = try XCTUnwrap(stored)
  }
}

/// A clock that stands until the test moves it.
final class FixedClock: WallClock {
  private let time = Mutex(ProtobufTimestamp(seconds: 1_800_000_000, nanos: 123_456_789))

  var present: ProtobufTimestamp {
    get { time.withLock { $0 } }
    set { time.withLock { $0 = newValue } }
  }

  func now() -> ProtobufTimestamp { present }
  func advance(seconds: Int64) { time.withLock { $0.seconds += seconds } }
}

/// Ids that count up.
final class SequentialIDs: IDGenerator {
  private let count = Mutex(0)

  func makeID(prefix: String) -> String {
    let number = count.withLock { count in
      count += 1
      return count
    }
    let digits = String(number)
    return prefix + String(repeating: "0", count: 17 - digits.count) + digits
  }
}

/// An authorizer whose answers the test sets, by project.
final class TestRights: Authorizer {
  private struct State {
    var unreadable: Set<String> = []
    var readOnly: Set<String> = []
    var failure: StoreError?
  }

  private let state = Mutex(State())

  func hide(_ projectID: String) { state.withLock { _ = $0.unreadable.insert(projectID) } }
  func protect(_ projectID: String) { state.withLock { _ = $0.readOnly.insert(projectID) } }
  func fail(_ error: StoreError?) { state.withLock { $0.failure = error } }

  func mayRead(projectID: String, as principal: Principal) async throws(StoreError) -> Bool {
    if let failure = state.withLock({ $0.failure }) { throw failure }
    return state.withLock { !$0.unreadable.contains(projectID) }
  }

  func mayCreate(projectID: String, as principal: Principal) async throws(StoreError) -> Bool {
    if let failure = state.withLock({ $0.failure }) { throw failure }
    return state.withLock { !$0.readOnly.contains(projectID) && !$0.unreadable.contains(projectID) }
  }
}
