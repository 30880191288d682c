public import CoreGRPC
public import JobCloning
internal import JobMessages
internal import ProtobufWire

/// `yandex.cloud.datasphere.v2.jobs.ProjectJobService`: makes jobs, shows them and has them run.
///
/// Without a `JobRunner` Execute, Cancel, ReadLogs and ReadStdLogs answer UNIMPLEMENTED.
public struct ProjectJobService: GRPCService {
  /// The full name of the service.
  public static let name = "yandex.cloud.datasphere.v2.jobs.ProjectJobService"

  private let cloner: JobCloner
  private let stop = StopSignal()

  /// The service over this domain.
  public init(cloner: JobCloner) { self.cloner = cloner }

  /// All methods of the service.
  public var methods: [RPCMethod] { making + reading + deleting + running }

  private var making: [RPCMethod] {
    [
      .unary(Self.name, "Create") { [cloner] (request: CreateProjectJobRequest, context) in
        try await cloner.create(request, for: context.caller)
      },
      .unary(Self.name, "Clone") { [cloner] (request: CloneProjectJobRequest, context) in
        try await cloner.clone(request, for: context.caller)
      },
    ]
  }

  private var reading: [RPCMethod] {
    [
      .unary(Self.name, "Get") { [cloner] (request: GetProjectJobRequest, context) in
        try await cloner.job(request, for: context.principal)
      },
      .unary(Self.name, "List") { [cloner] (request: ListProjectJobRequest, context) in
        try await cloner.list(request, for: context.principal)
      },
      .unary(Self.name, "DownloadJobFiles") {
        [cloner] (request: DownloadProjectJobFilesRequest, context) in
        try await cloner.downloadFiles(request, for: context.principal)
      },
    ]
  }

  private var deleting: [RPCMethod] {
    [
      .unary(Self.name, "Delete") { [cloner] (request: DeleteProjectJobRequest, context) in
        try await cloner.delete(request, for: context.caller)
      },
      .unary(Self.name, "DeleteData") { [cloner] (request: DeleteProjectJobDataRequest, context) in
        try await cloner.deleteData(request, for: context.caller)
      },
      .unary(Self.name, "DeleteAllData") {
        [cloner] (request: DeleteAllProjectJobDataRequest, context) in
        try await cloner.deleteAllData(request, for: context.caller)
      },
      .unary(Self.name, "SetDataTtl") { [cloner] (request: SetProjectJobDataTtlRequest, context) in
        try await cloner.setDataTTL(request, for: context.caller)
      },
    ]
  }

  private var running: [RPCMethod] {
    [
      .unary(Self.name, "Execute") { [cloner] (request: ExecuteProjectJobRequest, context) in
        try await cloner.execute(request, for: context.caller)
      },
      .unary(Self.name, "Cancel") { [cloner] (request: CancelProjectJobRequest, context) in
        try await cloner.cancel(request, for: context.caller)
      },
      .serverStreaming(Self.name, "ReadLogs") {
        [cloner, stop]
        (
          request: ReadProjectJobLogsRequest,
          replies: MessageReplies<ReadProjectJobLogsResponse>, context
        ) in
        let reader = try await cloner.logReader(
          ofJob: request.jobID, from: request.offset, for: context.principal)
        try await Self.follow(reader, until: stop, into: replies, ReadProjectJobLogsResponse.init)
      },
      .serverStreaming(Self.name, "ReadStdLogs") {
        [cloner, stop]
        (
          request: ReadProjectJobStdLogsRequest,
          replies: MessageReplies<ReadProjectJobStdLogsResponse>, context
        ) in
        let reader = try await cloner.logReader(
          ofJob: request.jobID, from: request.offset, for: context.principal)
        try await Self.follow(
          reader, until: stop, into: replies, ReadProjectJobStdLogsResponse.init)
      },
    ]
  }

  /// Sends each page of a log as it comes, until the job is over or the server stops.
  ///
  /// Initial metadata leaves with the first page: whoever has seen none can try again transparently
  /// when the server stops.
  private static func follow<Reply: Message>(
    _ reader: JobLogReader, until stop: StopSignal, into replies: MessageReplies<Reply>,
    _ reply: @escaping @Sendable (JobLogPage) -> Reply
  ) async throws {
    let isOver = try await stop.running {
      var reader = reader
      while let page = try await reader.next() { try await replies.write(reply(page)) }
    }
    guard isOver else { throw RPCError(.unavailable, "The server is stopping.") }
  }

  /// Ends those who follow logs, so that they come again elsewhere.
  public func serverWillStop() { stop.give() }
}

extension ReadProjectJobLogsResponse {
  fileprivate init(_ page: JobLogPage) {
    self.init()
    logs = page.messages
    offset = page.nextOffset
  }
}

extension ReadProjectJobStdLogsResponse {
  /// What the command wrote; lines of other files are left out, and count for the offset.
  fileprivate init(_ page: JobLogPage) {
    self.init()
    logs = page.messages.compactMap { message in
      guard let stream = message.standardStream else { return nil }
      return .with {
        $0.content = message.content
        $0.type = StdLog.TypeEnum(rawValue: stream.rawValue)
      }
    }
    offset = page.nextOffset
  }
}
