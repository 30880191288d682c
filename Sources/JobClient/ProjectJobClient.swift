public import CoreGRPC
public import JobMessages
internal import ProtobufWire

/// A typed client of ProjectJobService and OperationService.
///
/// Every method throws `RPCError` with the status that the server answered. Cancelling the task
/// cancels the call. Safe to use from any task.
public struct ProjectJobClient: Sendable {
  static let jobs = "/yandex.cloud.datasphere.v2.jobs.ProjectJobService/"
  private static let operations = "/yandex.cloud.operation.OperationService/"

  /// Where the calls go.
  public let channel: GRPCChannel
  /// What every call sends along, for example `authorization`.
  public var metadata: Metadata
  /// After which time a call fails with DEADLINE_EXCEEDED; nil: never.
  public var timeout: Duration?

  /// A client over a channel, which stays the caller's to close.
  public init(channel: GRPCChannel, metadata: Metadata = [:], timeout: Duration? = .seconds(60)) {
    self.channel = channel
    self.metadata = metadata
    self.timeout = timeout
  }

  /// Makes a job; the operation's response lists what to upload.
  ///
  /// - Parameters:
  ///   - request: the project, and what the job is.
  ///   - idempotencyKey: the same key with the same request makes nothing twice.
  public func create(
    _ request: CreateProjectJobRequest, idempotencyKey: String? = nil
  ) async throws(RPCError) -> LongRunningOperation {
    try await call(Self.jobs + "Create", request, idempotencyKey: idempotencyKey)
  }

  /// Makes a job from a stored one; the operation's response lists what to upload.
  ///
  /// - Parameters:
  ///   - request: the stored job, and what is different of the new one.
  ///   - idempotencyKey: the same key with the same request makes nothing twice.
  public func clone(
    _ request: CloneProjectJobRequest, idempotencyKey: String? = nil
  ) async throws(RPCError) -> LongRunningOperation {
    try await call(Self.jobs + "Clone", request, idempotencyKey: idempotencyKey)
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
    try await call(
      Self.operations + "Cancel", CancelOperationRequest.with { $0.operationID = id })
  }

  func call<Request: Message, Reply: Message>(
    _ path: String, _ request: Request, idempotencyKey: String? = nil
  ) async throws(RPCError) -> Reply {
    var metadata = metadata
    if let idempotencyKey { metadata["idempotency-key"] = idempotencyKey }
    let response = try await channel.unary(
      path, request.serializedBytes(), metadata: metadata, timeout: timeout)
    do {
      return try Reply(serializedBytes: response.message)
    } catch {
      throw RPCError(.internalError, "The reply is not a valid message: \(error).", cause: error)
    }
  }
}
