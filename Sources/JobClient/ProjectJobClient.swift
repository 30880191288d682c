public import CoreGRPC
internal import Foundation
public import JobMessages
internal import ProtobufWire

/// A typed client of ProjectJobService and OperationService.
///
/// Every method throws `RPCError` with the status that the server answered. Cancelling the task
/// cancels the call. Safe to use from any task.
///
/// A call that ends in UNAVAILABLE is made again, as ``retries`` says. Those that change something
/// carry an idempotency key, the caller's or else a random one for each call, so that a call whose
/// reply was lost is not done twice. To repeat a call that failed for good, give the same key.
public struct ProjectJobClient: Sendable {
  static let jobs = "/yandex.cloud.datasphere.v2.jobs.ProjectJobService/"
  private static let operations = "/yandex.cloud.operation.OperationService/"

  /// Where the calls go.
  public let channel: GRPCChannel
  /// What every call sends along, for example `authorization`.
  public var metadata: Metadata
  /// After which time a call fails with DEADLINE_EXCEEDED, all attempts together; nil: never.
  public var timeout: Duration?
  /// How calls are repeated.
  public var retries: RetryPolicy

  /// A client over a channel, which stays the caller's to close.
  public init(
    channel: GRPCChannel, metadata: Metadata = [:], timeout: Duration? = .seconds(60),
    retries: RetryPolicy = RetryPolicy()
  ) {
    self.channel = channel
    self.metadata = metadata
    self.timeout = timeout
    self.retries = retries
  }

  /// Makes a job; the operation's response lists what to upload.
  ///
  /// - Parameters:
  ///   - request: the project, and what the job is.
  ///   - idempotencyKey: the same key with the same request makes nothing twice; nil: a random one.
  public func create(
    _ request: CreateProjectJobRequest, idempotencyKey: String? = nil
  ) async throws(RPCError) -> LongRunningOperation {
    try await change(Self.jobs + "Create", request, idempotencyKey)
  }

  /// Makes a job from a stored one; the operation's response lists what to upload.
  ///
  /// - Parameters:
  ///   - request: the stored job, and what is different of the new one.
  ///   - idempotencyKey: the same key with the same request makes nothing twice; nil: a random one.
  public func clone(
    _ request: CloneProjectJobRequest, idempotencyKey: String? = nil
  ) async throws(RPCError) -> LongRunningOperation {
    try await change(Self.jobs + "Clone", request, idempotencyKey)
  }

  /// The job with this id.
  public func job(id: String) async throws(RPCError) -> Job {
    try await call(Self.jobs + "Get", GetProjectJobRequest.with { $0.jobID = id })
  }

  /// A page of a project's jobs, newest first.
  public func jobs(_ request: ListProjectJobRequest) async throws(RPCError)
    -> ListProjectJobResponse
  {
    try await call(Self.jobs + "List", request)
  }

  /// The operation with this id, in its current state.
  public func operation(id: String) async throws(RPCError) -> LongRunningOperation {
    try await call(Self.operations + "Get", GetOperationRequest.with { $0.operationID = id })
  }

  /// Asks for an operation to be cancelled, as far as that is still possible.
  public func cancelOperation(id: String) async throws(RPCError) -> LongRunningOperation {
    try await change(
      Self.operations + "Cancel", CancelOperationRequest.with { $0.operationID = id }, nil)
  }

  /// Makes a call that changes something, under this key or a random one.
  func change<Request: Message, Reply: Message>(
    _ path: String, _ request: Request, _ idempotencyKey: String?
  ) async throws(RPCError) -> Reply {
    var metadata = metadata
    metadata["idempotency-key"] = idempotencyKey ?? UUID().uuidString.lowercased()
    return try await call(path, request, metadata)
  }

  /// Makes a call that changes nothing.
  func call<Request: Message, Reply: Message>(
    _ path: String, _ request: Request
  ) async throws(RPCError) -> Reply {
    try await call(path, request, metadata)
  }

  private func call<Request: Message, Reply: Message>(
    _ path: String, _ request: Request, _ metadata: Metadata
  ) async throws(RPCError) -> Reply {
    let response = try await attempts(within: timeout) { timeout throws(RPCError) in
      try await channel.unary(
        path, request.serializedBytes(), metadata: metadata, timeout: timeout)
    }
    do {
      return try Reply(serializedBytes: response.message)
    } catch {
      throw RPCError(.internalError, "The reply is not a valid message: \(error).", cause: error)
    }
  }

  /// Runs `body` until it does not end in UNAVAILABLE, or was tried often or long enough.
  private func attempts<Result>(
    within timeout: Duration?, _ body: (Duration?) async throws(RPCError) -> Result
  ) async throws(RPCError) -> Result {
    let start = ContinuousClock.now
    var attempt = 1
    var rest = timeout
    var open: RPCError?
    while true {
      do throws(RPCError) {
        return try await body(rest)
      } catch {
        let failure = error.after(open)
        if error.leavesOutcomeOpen { open = error }
        guard error.code == .unavailable, attempt < retries.attempts else { throw failure }
        let pause = retries.pause(after: attempt)
        rest = timeout.map { $0 - (.now - start) - pause }
        if let rest, rest <= .zero { throw failure }
        // A cancelled task does not come back.
        guard (try? await Task.sleep(for: pause)) != nil else { throw failure }
        attempt += 1
      }
    }
  }
}
