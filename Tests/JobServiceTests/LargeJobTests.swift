import CoreGRPC
import JobClient
import JobMessages
import JobService
import JobServiceTesting
import ProtobufWire
import XCTest

@testable import JobCloning

/// What is stored can be read: jobs at the limit, through a server with the default reply limit.
final class LargeJobTests: XCTestCase {
  /// Reports all that the job asked for, or an error for each.
  private struct Reporting: JobRunner {
    let fails: Bool

    func run(_ run: JobRun, reporting reporter: JobReporter) async throws -> JobRunResult {
      let parameters = run.job.jobParameters ?? JobParameters()
      try await reporter.progress(String(repeating: "ö", count: 5_000), percent: 50)
      var result = JobRunResult(returnCode: fails ? 1 : 0)
      if fails {
        result.fileErrors = parameters.outputFiles.map { file in
          .with {
            $0.outputFileDesc = file
            $0.description = String(repeating: "ö", count: 5_000)
          }
        }
      } else {
        result.outputFiles = parameters.outputFiles.map { LargeJobTests.file($0) }
      }
      result.logFiles = ["stdout.txt", "stderr.txt", "system.log"].map {
        LargeJobTests.file(FileDesc(path: $0, var: ""))
      }
      result.outputDatasets = parameters.outputDatasets.map { desc in
        OutputDataset(desc: desc, id: String(repeating: "d", count: 50))
      }
      return result
    }
  }

  private let storage = LongURLStorage(length: JobLimits().urlSize)
  private let store = InMemoryJobStore()

  private func withClient(
    fails: Bool = false, _ body: (ProjectJobClient) async throws -> Void
  ) async throws {
    let cloner = JobCloner(store: store, objects: storage, runner: Reporting(fails: fails))
    try await withInProcessServer(
      ProjectJobService(cloner: cloner), OperationService(cloner: cloner)
    ) { try await body($0) }
  }

  // MARK: Examples

  private static func file(_ desc: FileDesc) -> File {
    let content = ContentID(of: Array(desc.path.utf8))
    return .with {
      $0.desc = desc
      $0.sha256 = content.sha256
      $0.sizeBytes = content.sizeBytes
      $0.compressionType = .zip
    }
  }

  private static func descriptions(_ prefix: String, _ count: Int) -> [FileDesc] {
    (0..<count).map { index in
      FileDesc(path: "\(prefix)\(index)/" + String(repeating: "p", count: 200), var: "")
    }
  }

  /// A job with everything in numbers, and a text that makes it `excess` bytes larger than the
  /// limit.
  private static func creation(excess: Int = 0) -> CreateProjectJobRequest {
    var request = CreateProjectJobRequest.with {
      $0.projectID = String(repeating: "p", count: 50)
      $0.name = String(repeating: "😀", count: 64)
      $0.desc = String(repeating: "😀", count: 256)
      $0.config = String(repeating: "c", count: JobLimits().configSize)
      $0.jobParameters = .with {
        $0.cmd = "true"
        $0.cloudInstanceTypes = [CloudInstanceType(name: "c1.4")]
        $0.inputFiles = descriptions("in", 100).map(file)
        $0.outputFiles = descriptions("out", 100)
        $0.outputDatasets = (0..<20).map { index in
          .with {
            $0.name = "dataset\(index)"
            $0.var = "SET\(index)"
            $0.description = String(repeating: "d", count: 500)
            $0.labels = ["label": "value"]
          }
        }
        $0.env = .with {
          $0.vars = ["TEXT": ""]
          $0.dockerImageSpec = .with {
            $0.imageURL = "registry/image"
            $0.password = .plainText(String(repeating: "s", count: 1_000))
          }
          $0.pythonEnv = .with {
            $0.localModules = descriptions("module", 300).enumerated().map { index, desc in
              file(FileDesc(path: desc.path, var: "_LOCAL_MODULE_\(index)"))
            }
          }
        }
      }
    }
    let limits = JobLimits()
    // The sealed password takes more, and what it takes at the most counts.
    let target = limits.jobSize + excess - (1_000 + 128)
    for _ in 1...3 {
      let parameters = request.jobParameters ?? JobParameters()
      let size = limits.size(of: parameters, config: request.config)
      let length = (parameters.env?.vars["TEXT"] ?? "").utf8.count + target - size
      request.jobParameters?.env?.vars["TEXT"] = String(repeating: "x", count: length)
    }
    return request
  }

  private func store(_ parameters: JobParameters?, _ projectID: String) {
    let parameters = parameters ?? JobParameters()
    let logs = ["stdout.txt", "stderr.txt", "system.log"].map {
      Self.file(FileDesc(path: $0, var: ""))
    }
    let files =
      parameters.inputFiles + (parameters.env?.pythonEnv?.localModules ?? [])
      + parameters.outputFiles.map(Self.file) + logs
    for file in files { storage.contents.add(ContentID(file), in: projectID) }
  }

  private func call<Reply: Message>(
    _ method: String, _ request: some Message, _ client: ProjectJobClient
  ) async throws -> Reply {
    let reply = try await client.channel.unary(
      "/\(ProjectJobService.name)/\(method)", request.serializedBytes())
    return try Reply(serializedBytes: reply.message)
  }

  /// Everything that shows a job, or fails.
  private func show(_ id: String, in project: String, _ client: ProjectJobClient) async throws {
    let job = try await client.job(id: id)
    let page = try await client.jobs(.with { $0.projectID = project })
    XCTAssertEqual(page.jobs.first?.id, job.id)
    XCTAssertEqual(page.jobs.first?.jobParameters, job.jobParameters)
  }

  // MARK: Tests

  func testAJobAtTheLimitCanBeReadInEveryState() async throws {
    for fails in [false, true] {
      try await withClient(fails: fails) { client in
        let request = Self.creation()
        let project = request.projectID
        for file in storage.contents.questions.flatMap({ $0 }) {
          storage.contents.lose(file, in: project)
        }
        let made = try await client.create(request)
        let response = try XCTUnwrap(made.unpacked(CreateProjectJobResponse.self))
        XCTAssertEqual(response.uploadFiles.count, 400)
        _ = try await client.operation(id: made.id)
        try await show(response.jobID, in: project, client)

        store(request.jobParameters, project)
        let downloads: DownloadProjectJobFilesResponse = try await call(
          "DownloadJobFiles",
          DownloadProjectJobFilesRequest.with { $0.jobID = response.jobID }, client)
        XCTAssertEqual(downloads.downloadFiles.count, 400)

        var operation: LongRunningOperation = try await call(
          "Execute", ExecuteProjectJobRequest.with { $0.jobID = response.jobID }, client)
        while !operation.done {
          await Task.yield()
          operation = try await client.operation(id: operation.id)
        }
        let ended = try XCTUnwrap(operation.unpacked(ExecuteProjectJobResponse.self))
        XCTAssertEqual(ended.outputFiles.count, fails ? 0 : 100)
        XCTAssertEqual(ended.outputFilesErrors.count, fails ? 100 : 0)
        XCTAssertEqual(ended.outputDatasets.count, 20)
        try await show(response.jobID, in: project, client)

        let job = try await client.job(id: response.jobID)
        let parameters = try XCTUnwrap(job.jobParameters)
        let files =
          parameters.inputFiles + (parameters.env?.pythonEnv?.localModules ?? [])
          + job.outputFiles + job.logFiles
        let all: DownloadProjectJobFilesResponse = try await call(
          "DownloadJobFiles",
          DownloadProjectJobFilesRequest.with {
            $0.jobID = response.jobID
            $0.files = files
          }, client)
        XCTAssertEqual(all.downloadFiles.count, files.count)
      }
    }
  }

  func testAnUnchangedCloneOfAJobAtTheLimitIsMadeAndALargerOneIsNot() async throws {
    try await withClient { client in
      let request = Self.creation()
      store(request.jobParameters, request.projectID)
      let made = try await client.create(request)
      let source = try XCTUnwrap(made.unpacked(CreateProjectJobResponse.self)).jobID
      let cloned = try await client.clone(.with { $0.sourceJobID = source })
      let id = try XCTUnwrap(cloned.unpacked(CloneProjectJobResponse.self)).jobID
      try await show(id, in: request.projectID, client)
      let again = try await client.clone(.with { $0.sourceJobID = id })
      XCTAssertTrue(again.done)

      let error = await failure {
        try await client.clone(
          .with {
            $0.sourceJobID = id
            $0.jobParametersOverrides = .with {
              $0.cmd = "true # " + String(repeating: "x", count: 2_000)
            }
          })
      }
      XCTAssertEqual(error?.code, .invalidArgument)
      XCTAssertTrue(
        error?.message.hasPrefix("job_parameters_overrides: ") ?? false, error?.message ?? "")
      XCTAssertEqual(store.creations.count, 3)
    }
  }

  func testAJobOverTheLimitIsRefused() async throws {
    try await withClient { client in
      let error = await failure { try await client.create(Self.creation(excess: 1)) }
      XCTAssertEqual(error?.code, .invalidArgument)
      XCTAssertTrue(error?.message.hasPrefix("job_parameters: ") ?? false, error?.message ?? "")
      var request = Self.creation()
      request.config += "c"
      let config = await failure { try await client.create(request) }
      XCTAssertEqual(config?.code, .invalidArgument)
      XCTAssertTrue(config?.message.hasPrefix("config: ") ?? false, config?.message ?? "")
      XCTAssertTrue(store.creations.isEmpty)
    }
  }

  func testPagesEndBeforeTheReplyLimit() async throws {
    try await withClient { client in
      let configs = [90_000, 10, 3_900_000, 200, 3_900_000, 3_900_000]
      for index in 0..<60 {
        store.put(
          .with {
            $0.id = "job\(index)"
            $0.projectID = "p1"
            $0.createdAt = ProtobufTimestamp(seconds: Int64(index))
            $0.config = String(repeating: "c", count: configs[index % configs.count])
          })
      }
      var (ids, token, pages): ([String], String, Int) = ([], "", 0)
      repeat {
        let page = try await client.jobs(
          .with {
            $0.projectID = "p1"
            $0.pageSize = 50
            $0.pageToken = token
          })
        XCTAssertFalse(page.jobs.isEmpty)
        ids += page.jobs.map(\.id)
        token = page.nextPageToken
        pages += 1
      } while !token.isEmpty && pages <= 60
      XCTAssertEqual(ids, (0..<60).reversed().map { "job\($0)" })
    }
  }

  func testAJobOfOtherLimitsIsListedWithoutItsParametersAndNotRun() async throws {
    try await withClient { client in
      store.put(
        .with {
          $0.id = "old"
          $0.projectID = "p1"
          $0.status = .creating
          $0.createdAt = ProtobufTimestamp(seconds: 1)
          $0.config = String(repeating: "c", count: 5 << 20)
          $0.jobParameters = .with { $0.cmd = "true" }
        })
      let page = try await client.jobs(.with { $0.projectID = "p1" })
      XCTAssertEqual(page.jobs.map(\.id), ["old"])
      XCTAssertNil(page.jobs.first?.jobParameters)
      let shown = await failure { try await client.job(id: "old") }
      XCTAssertEqual(shown?.code, .resourceExhausted)
      XCTAssertEqual(store.jobReads, 0)
      let run = await failure { () async throws -> LongRunningOperation in
        try await call("Execute", ExecuteProjectJobRequest.with { $0.jobID = "old" }, client)
      }
      XCTAssertEqual(run?.code, .failedPrecondition)
      let stored = try await store.job(id: "old")
      XCTAssertEqual(stored?.status, .creating)
    }
  }
}
