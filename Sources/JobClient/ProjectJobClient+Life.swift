public import CoreGRPC
public import JobMessages
internal import ProtobufWire

/// What happens to a job after it was made.
extension ProjectJobClient {
  /// Has the job run; asked again, the operation is the same.
  ///
  /// - Parameters:
  ///   - jobID: the job.
  ///   - idempotencyKey: the same key with the same request is done once; nil: a random one.
  public func execute(
    jobID: String, idempotencyKey: String? = nil
  ) async throws(RPCError) -> LongRunningOperation {
    try await change(
      Self.jobs + "Execute", ExecuteProjectJobRequest.with { $0.jobID = jobID }, idempotencyKey)
  }

  /// Has a job that runs stop; a graceful one may end in its own way.
  public func cancel(jobID: String, isGraceful: Bool = false) async throws(RPCError) {
    let _: ProtobufEmpty = try await change(
      Self.jobs + "Cancel",
      CancelProjectJobRequest.with {
        $0.jobID = jobID
        $0.graceful = isGraceful
      }, nil)
  }

  /// Removes a job with its data.
  ///
  /// - Parameters:
  ///   - jobID: the job.
  ///   - idempotencyKey: the same key with the same request is done once; nil: a random one.
  public func delete(
    jobID: String, idempotencyKey: String? = nil
  ) async throws(RPCError) -> LongRunningOperation {
    try await change(
      Self.jobs + "Delete", DeleteProjectJobRequest.with { $0.jobID = jobID }, idempotencyKey)
  }

  /// Removes a job's data; the job stays to be seen.
  ///
  /// - Parameters:
  ///   - jobID: the job.
  ///   - idempotencyKey: the same key with the same request is done once; nil: a random one.
  public func deleteData(
    jobID: String, idempotencyKey: String? = nil
  ) async throws(RPCError) -> LongRunningOperation {
    try await change(
      Self.jobs + "DeleteData", DeleteProjectJobDataRequest.with { $0.jobID = jobID },
      idempotencyKey)
  }

  /// Sets how long from now on a job's data is kept; nil: for ever.
  ///
  /// Done twice, it counts from the second time on.
  public func setDataTTL(
    _ ttl: ProtobufDuration?, jobID: String
  ) async throws(RPCError) {
    let _: SetProjectJobDataTtlResponse = try await change(
      Self.jobs + "SetDataTtl",
      SetProjectJobDataTtlRequest.with {
        $0.jobID = jobID
        $0.ttl = ttl
      }, nil)
  }

  /// URLs to fetch files of a job from.
  public func downloads(
    of files: [File], jobID: String
  ) async throws(RPCError) -> DownloadProjectJobFilesResponse {
    try await call(
      Self.jobs + "DownloadJobFiles",
      DownloadProjectJobFilesRequest.with {
        $0.jobID = jobID
        $0.files = files
      })
  }

  /// Those of a job's files whose content the server does not have.
  public func missing(among files: [File], jobID: String) async throws(RPCError) -> [File] {
    do throws(RPCError) {
      if !files.isEmpty { _ = try await downloads(of: files, jobID: jobID) }
      return []
    } catch  where error.isMissingContent {
      // It names paths alone, and a path may be one of several files'.
      guard files.count > 1 else { return files }
    }
    var missing: [File] = []
    for file in files { missing += try await self.missing(among: [file], jobID: jobID) }
    return missing
  }

  /// Reads a job's log from an offset on, until the job is over.
  ///
  /// - Parameters:
  ///   - jobID: the job.
  ///   - offset: 0 for all of it, -1 for what comes from now on, or the offset of the last page.
  ///   - body: is given each page as it arrives.
  public func readLogs(
    jobID: String, from offset: Int64 = 0,
    _ body: (ReadProjectJobLogsResponse) async throws -> Void
  ) async throws {
    // However long the job runs: no timeout.
    let stream = try await channel.stream(Self.jobs + "ReadLogs", metadata: metadata)
    let request = ReadProjectJobLogsRequest.with {
      $0.jobID = jobID
      $0.offset = offset
    }
    do throws(RPCError) {
      try await stream.send(request.serializedBytes())
      try await stream.finishSending()
    } catch {
      // The call is over already; receive() tells why.
    }
    while let bytes = try await stream.receive() {
      try await body(ReadProjectJobLogsResponse(serializedBytes: bytes))
    }
  }
}

extension RPCError {
  /// Whether a call failed for nothing but contents that are not stored.
  fileprivate var isMissingContent: Bool {
    guard code == .failedPrecondition,
      let status = try? GoogleRPCStatus(serializedBytes: details)
    else { return false }
    let violations = status.details.compactMap { try? $0.unpack(PreconditionFailure.self) }
      .flatMap(\.violations)
    return !violations.isEmpty && violations.allSatisfy { $0.type == "CONTENT_NOT_STORED" }
  }
}
