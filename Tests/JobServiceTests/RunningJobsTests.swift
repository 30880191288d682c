import CoreGRPC
import JobClient
import JobCloning
import JobMessages
import JobService
import JobServiceTesting
import ProtobufWire
import XCTest

/// The methods that change, run and follow jobs, through a server.
final class RunningJobsTests: XCTestCase {
  /// Two lines in the log, one of them of a file, and the end.
  private struct TwoLines: JobRunner {
    func run(_ run: JobRun, reporting reporter: JobReporter) async throws -> JobRunResult {
      try await reporter.log("to a file", from: .filePath("out.txt"))
      try await reporter.log("to standard error", from: .standardStream(.err))
      return JobRunResult(returnCode: 0)
    }
  }

  private func withClient(
    runner: (any JobRunner)? = TwoLines(), _ body: (ProjectJobClient) async throws -> Void
  ) async throws {
    let cloner = JobCloner(
      store: InMemoryJobStore(), objects: InMemoryObjectStorage(), runner: runner)
    try await withInProcessServer(
      ProjectJobService(cloner: cloner), OperationService(cloner: cloner)
    ) { try await body($0) }
  }

  private func call<Reply: Message>(
    _ method: String, _ request: some Message, _ client: ProjectJobClient, key: String? = nil
  ) async throws -> Reply {
    let reply = try await client.channel.unary(
      "/\(ProjectJobService.name)/\(method)", request.serializedBytes(),
      metadata: key.map { ["idempotency-key": $0] } ?? [:])
    return try Reply(serializedBytes: reply.message)
  }

  private func executed(_ client: ProjectJobClient) async throws -> String {
    let id = try await Fixture.makeJob(client)
    var operation: LongRunningOperation = try await call(
      "Execute", ExecuteProjectJobRequest.with { $0.jobID = id }, client)
    let deadline = ContinuousClock.now + .seconds(60)
    while !operation.done, ContinuousClock.now < deadline {
      await Task.yield()
      operation = try await client.operation(id: operation.id)
    }
    XCTAssertNotNil(try operation.unpacked(ExecuteProjectJobResponse.self))
    return id
  }

  func testExecuteAnswersAnOperationThatEnds() async throws {
    try await withClient { client in
      let id = try await executed(client)
      let job = try await client.job(id: id)
      XCTAssertEqual(job.status, .success)
    }
  }

  func testReadLogsStreamsToTheEndAndThenIsOK() async throws {
    try await withClient { client in
      let id = try await executed(client)
      let stream = try await client.channel.stream("/\(ProjectJobService.name)/ReadLogs")
      try await stream.send(ReadProjectJobLogsRequest.with { $0.jobID = id }.serializedBytes())
      try await stream.finishSending()
      var messages: [LogMessage] = []
      var offset: Int64 = 0
      while let bytes = try await stream.receive() {
        let reply = try ReadProjectJobLogsResponse(serializedBytes: bytes)
        messages += reply.logs
        offset = reply.offset
      }
      XCTAssertEqual(messages.map(\.filePath), ["out.txt", nil])
      XCTAssertEqual(messages.map(\.standardStream), [nil, .err])
      XCTAssertEqual(offset, 2)
      let metadata = await stream.initialMetadata()
      XCTAssertNotNil(metadata["x-request-id"])
    }
  }

  func testReadStdLogsLeavesOutFilesAndCountsThem() async throws {
    try await withClient { client in
      let id = try await executed(client)
      let stream = try await client.channel.stream("/\(ProjectJobService.name)/ReadStdLogs")
      try await stream.send(ReadProjectJobStdLogsRequest.with { $0.jobID = id }.serializedBytes())
      try await stream.finishSending()
      let first = try await stream.receive()
      let reply = try ReadProjectJobStdLogsResponse(serializedBytes: XCTUnwrap(first))
      XCTAssertEqual(reply.logs.map(\.type), [.err])
      XCTAssertEqual(reply.logs.first?.content, Array("to standard error".utf8))
      XCTAssertEqual(reply.offset, 2)
      let end = try await stream.receive()
      XCTAssertNil(end)
    }
  }

  /// A job that is not executed has nothing in its log and more to come: without the signal its reader
  /// would wait.
  func testWhoFollowsALogIsSentElsewhereWhenTheServerStops() async throws {
    let cloner = JobCloner(
      store: InMemoryJobStore(), objects: InMemoryObjectStorage(), runner: TwoLines())
    let service = ProjectJobService(cloner: cloner)
    try await withInProcessServer(service, OperationService(cloner: cloner)) { client in
      let id = try await Fixture.makeJob(client)
      for method in ["ReadLogs", "ReadStdLogs"] {
        let stream = try await client.channel.stream("/\(ProjectJobService.name)/\(method)")
        try await stream.send(ReadProjectJobLogsRequest.with { $0.jobID = id }.serializedBytes())
        try await stream.finishSending()
        service.serverWillStop()
        let error = await failure { try await stream.receive() }
        XCTAssertEqual(error?.code, .unavailable)
        // Trailers only: whoever has seen initial metadata does not try again transparently.
        let metadata = await stream.initialMetadata()
        XCTAssertNil(metadata["x-request-id"])
      }
    }
  }

  func testAStreamsErrorHasItsDetails() async throws {
    try await withClient { client in
      let stream = try await client.channel.stream("/\(ProjectJobService.name)/ReadLogs")
      try await stream.send(ReadProjectJobLogsRequest().serializedBytes())
      try await stream.finishSending()
      let error = await failure { try await stream.receive() }
      XCTAssertEqual(error?.code, .invalidArgument)
      let status = try GoogleRPCStatus(serializedBytes: XCTUnwrap(error?.details))
      XCTAssertTrue(status.details.contains { $0.isA(RequestInfo.self) })
    }
  }

  func testCancelOfAnEmptyIDIsInvalid() async throws {
    try await withClient { client in
      let error = await failure {
        let _: ProtobufEmpty = try await self.call("Cancel", CancelProjectJobRequest(), client)
      }
      XCTAssertEqual(error?.code, .invalidArgument)
    }
  }

  func testDeleteReachesTheDomainWithItsKey() async throws {
    try await withClient(runner: nil) { client in
      let id = try await Fixture.makeJob(client)
      let request = DeleteProjectJobRequest.with { $0.jobID = id }
      let first: LongRunningOperation = try await call("Delete", request, client, key: "k")
      let second: LongRunningOperation = try await call("Delete", request, client, key: "k")
      XCTAssertEqual(first, second)
      let error = await failure { try await client.job(id: id) }
      XCTAssertEqual(error?.code, .notFound)
    }
  }

  func testDataReachesTheDomain() async throws {
    try await withClient(runner: nil) { client in
      let id = try await Fixture.makeJob(client)
      let _: SetProjectJobDataTtlResponse = try await call(
        "SetDataTtl", SetProjectJobDataTtlRequest.with { $0.jobID = id }, client)
      let kept = try await client.job(id: id)
      XCTAssertNil(kept.dataExpiresAt)
      let files: DownloadProjectJobFilesResponse = try await call(
        "DownloadJobFiles", DownloadProjectJobFilesRequest.with { $0.jobID = id }, client)
      XCTAssertEqual(files.downloadFiles, [])
      let one: LongRunningOperation = try await call(
        "DeleteData", DeleteProjectJobDataRequest.with { $0.jobID = id }, client)
      let all: LongRunningOperation = try await call(
        "DeleteAllData", DeleteAllProjectJobDataRequest.with { $0.projectID = "p1" }, client)
      XCTAssertNotNil(try one.unpacked(DeleteProjectJobDataResponse.self))
      XCTAssertNotNil(try all.unpacked(DeleteAllProjectJobDataResponse.self))
      let cleared = try await client.job(id: id)
      XCTAssertTrue(cleared.dataCleared)
    }
  }

  func testWithoutARunnerTheMethodsThatNeedOneSaySo() async throws {
    // The id is field 1 of each of their requests.
    let anyJob = GetProjectJobRequest.with { $0.jobID = "any" }.serializedBytes()
    try await withClient(runner: nil) { client in
      for method in ["Execute", "Cancel"] {
        let error = await failure {
          try await client.channel.unary("/\(ProjectJobService.name)/\(method)", anyJob)
        }
        XCTAssertEqual(error?.code, .unimplemented, method)
        XCTAssertTrue(error?.message.contains("runner") ?? false, method)
      }
      for method in ["ReadLogs", "ReadStdLogs"] {
        let stream = try await client.channel.stream("/\(ProjectJobService.name)/\(method)")
        try await stream.send(anyJob)
        try await stream.finishSending()
        let error = await failure { try await stream.receive() }
        XCTAssertEqual(error?.code, .unimplemented, method)
      }
    }
  }
}
