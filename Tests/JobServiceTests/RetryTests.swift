import CoreGRPC
import JobClient
import JobCloning
import JobMessages
import JobService
import JobServiceTesting
import ProtobufWire
import Synchronization
import XCTest

/// A client whose replies are lost, or whose server is away for a moment.
final class RetryTests: XCTestCase {
  /// The calls that a server saw, and what it does with their replies.
  private final class Network: Sendable {
    private let seen = Mutex<[(method: String, key: String?)]>([])
    private let losses: Atomic<Int>
    private let code: StatusCode

    init(losing count: Int, code: StatusCode = .unavailable) {
      losses = Atomic(count)
      self.code = code
    }

    var calls: [String] { seen.withLock { $0.map(\.method) } }
    var keys: [String?] { seen.withLock { $0.map(\.key) } }

    /// Lets each call be done, and loses the replies of the first.
    var interceptor: ServerInterceptor {
      ServerInterceptor { context, next in
        let method = context.method.split(separator: "/").last.map(String.init) ?? ""
        self.seen.withLock { $0.append((method, context.metadata["idempotency-key"])) }
        if self.losses.subtract(1, ordering: .relaxed).oldValue > 0 {
          try await next()
          throw RPCError(self.code, "the reply is lost")
        }
        try await next()
      }
    }
  }

  private func withClient(
    _ network: Network, _ store: InMemoryJobStore = InMemoryJobStore(), attempts: Int = 4,
    runner: (any JobRunner)? = InstantRunner(),
    _ body: (ProjectJobClient) async throws -> Void
  ) async throws {
    let cloner = JobCloner(store: store, objects: InMemoryObjectStorage(), runner: runner)
    try await withInProcessServer(
      ProjectJobService(cloner: cloner), OperationService(cloner: cloner),
      interceptors: [network.interceptor]
    ) { client in
      var client = client
      client.retries = RetryPolicy(attempts: attempts, firstPause: .milliseconds(1))
      try await body(client)
    }
  }

  private func jobs(_ store: InMemoryJobStore) async throws -> [Job] {
    try await store.jobs(matching: JobQuery(projectID: "p1", limit: 99))
  }

  func testALostReplyOfCreateAndCloneMakesOneJob() async throws {
    let (network, store) = (Network(losing: 2), InMemoryJobStore())
    try await withClient(network, store) { client in
      let id = try await Fixture.makeJob(client)
      XCTAssertEqual(network.calls, ["Create", "Create", "Create"])
      let made = try await jobs(store)
      XCTAssertEqual(made.map(\.id), [id])
      XCTAssertEqual(Set(network.keys).count, 1)
      XCTAssertEqual(network.keys.first??.utf8.count, 36, "a UUID")
    }
    let second = Network(losing: 3)
    try await withClient(second, store) { client in
      let source = try await jobs(store)[0].id
      let operation = try await client.clone(.with { $0.sourceJobID = source })
      let made = try await jobs(store)
      XCTAssertEqual(made.count, 2)
      let response = try XCTUnwrap(operation.unpacked(CloneProjectJobResponse.self))
      XCTAssertEqual(response.jobID, made.first { $0.id != source }?.id)
    }
  }

  /// Every call that changes something is made again under its key, and done once.
  func testEveryChangeIsDoneOnce() async throws {
    let store = InMemoryJobStore()
    func lossy(
      _ method: String, _ body: (ProjectJobClient) async throws -> LongRunningOperation?
    ) async throws {
      let network = Network(losing: 1)
      try await withClient(network, store) { client in
        let operation = try await body(client)
        XCTAssertEqual(network.calls, [method, method])
        XCTAssertEqual(Set(network.keys).count, 1, method)
        XCTAssertNotNil(network.keys[0], method)
        guard let operation, let job = try await jobs(store).first else { return }
        let operations = try await store.operations(
          matching: OperationQuery(projectID: "p1", limit: 99))
        XCTAssertEqual(
          operations.filter { $0.operation.description == operation.description }.count, 1,
          "\(method) of \(job.id)")
      }
    }
    try await withClient(Network(losing: 0), store) { client in
      _ = try await Fixture.makeJob(client)
    }
    let id = try await jobs(store)[0].id
    try await lossy("SetDataTtl") { client in
      try await client.setDataTTL(ProtobufDuration(seconds: 86_400), jobID: id)
      return nil
    }
    try await lossy("Execute") { try await $0.execute(jobID: id) }
    while try await jobs(store)[0].status != .success { await Task.yield() }
    try await lossy("DeleteData") { try await $0.deleteData(jobID: id) }
    try await lossy("Delete") { try await $0.delete(jobID: id) }
    let left = try await jobs(store)
    XCTAssertEqual(left, [])
  }

  /// A job that is being stopped, or was, is what the second attempt asks for.
  func testALostReplyOfCancelIsNoFailure() async throws {
    struct Endless: JobRunner {
      func run(_ run: JobRun, reporting reporter: JobReporter) async throws -> JobRunResult {
        try await Task.sleep(for: .seconds(3_600))
        return JobRunResult(returnCode: 0)
      }
    }
    let store = InMemoryJobStore()
    try await withClient(Network(losing: 0), store) { client in
      _ = try await Fixture.makeJob(client)
    }
    let network = Network(losing: 1)
    try await withClient(network, store, runner: Endless()) { client in
      let id = try await jobs(store)[0].id
      _ = try await client.execute(jobID: id)
      try await client.cancel(jobID: id)
      XCTAssertEqual(network.calls, ["Execute", "Execute", "Cancel"])
      while try await jobs(store)[0].status != .cancelled { await Task.yield() }
    }
    let later = Network(losing: 1)
    try await withClient(later, store, runner: Endless()) { client in
      try await client.cancel(jobID: jobs(store)[0].id)
      XCTAssertEqual(later.calls, ["Cancel", "Cancel"])
    }
  }

  func testEachCallHasAKeyOfItsOwnUnlessItIsGiven() async throws {
    let (network, store) = (Network(losing: 0), InMemoryJobStore())
    try await withClient(network, store) { client in
      for _ in 0..<2 { _ = try await client.create(Fixture.creation) }
      for _ in 0..<2 { _ = try await client.create(Fixture.creation, idempotencyKey: "mine") }
      _ = try await client.jobs(.with { $0.projectID = "p1" })
    }
    XCTAssertEqual(Set(network.keys.prefix(2)).count, 2)
    XCTAssertEqual(network.keys[2...], ["mine", "mine", nil], "none on a call that reads")
    let made = try await jobs(store)
    XCTAssertEqual(made.count, 3)
  }

  func testACallIsMadeSoOftenAndNoMore() async throws {
    let network = Network(losing: 99)
    try await withClient(network, attempts: 3) { client in
      let error = await failure { try await client.create(Fixture.creation) }
      XCTAssertEqual(error?.code, .unavailable)
    }
    XCTAssertEqual(network.calls.count, 3)
    let once = Network(losing: 99)
    try await withClient(once, attempts: RetryPolicy.none.attempts) { client in
      _ = await failure { try await client.create(Fixture.creation) }
    }
    XCTAssertEqual(once.calls.count, 1)
  }

  func testAnswersAreNotAskedForAgain() async throws {
    for code in [StatusCode.internalError, .deadlineExceeded, .resourceExhausted, .cancelled] {
      let network = Network(losing: 99, code: code)
      try await withClient(network) { client in
        let error = await failure { try await client.create(Fixture.creation) }
        XCTAssertEqual(error?.code, code)
      }
      XCTAssertEqual(network.calls.count, 1, "\(code)")
    }
  }

  /// Once an attempt left open whether the call was done, a server that is gone does not close that.
  func testItIsSaidWhetherTheCallMayBeDone() async throws {
    let network = Network(losing: 99)
    try await withClient(network, attempts: 2) { client in
      let error = await failure { try await client.create(Fixture.creation) }
      XCTAssertEqual(error?.leavesOutcomeOpen, true)
    }
    let gone = try GRPCChannel(plaintextTarget: "127.0.0.1:1")
    let client = ProjectJobClient(
      channel: gone, retries: RetryPolicy(attempts: 2, firstPause: .milliseconds(1)))
    let refused = await failure { try await client.create(Fixture.creation) }
    XCTAssertEqual(refused?.code, .unavailable)
    XCTAssertEqual(refused?.leavesOutcomeOpen, false, "\(refused?.message ?? "")")
    await gone.close()
    let answer = RPCError(.invalidArgument, "no")
    XCTAssertFalse(answer.leavesOutcomeOpen)
  }

  func testACallIsNotRepeatedBeyondItsTimeout() async throws {
    let network = Network(losing: 99)
    try await withClient(network) { client in
      var client = client
      client.retries = RetryPolicy(
        attempts: 99, firstPause: .seconds(3_600), longestPause: .seconds(3_600))
      let error = await failure { try await client.create(Fixture.creation) }
      XCTAssertEqual(error?.code, .unavailable)
    }
    XCTAssertEqual(network.calls.count, 1)
  }

  func testACancelledTaskDoesNotComeBack() async throws {
    let network = Network(losing: 99)
    try await withClient(network) { client in
      var client = client
      client.timeout = nil
      client.retries = RetryPolicy(
        attempts: 99, firstPause: .seconds(3_600), longestPause: .seconds(3_600))
      let call = Task { [client] in try await client.create(Fixture.creation) }
      while network.calls.isEmpty { await Task.yield() }
      call.cancel()
      let error = await failure { try await call.value }
      XCTAssertNotNil(error)
    }
    XCTAssertEqual(network.calls.count, 1)
  }
}
