import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire
import XCTest

/// The risk: a request whose merge, checks or violations take more than a constant time for each of
/// its bytes.
final class RequestWorkTests: WorkTestCase {
  private static let counts = [30, 300, 3_000]
  private static let project = "bt1project0000000001"
  private static let sourceID = "bt1source00000000001"
  private static let principal = Principal(id: "caller")

  /// A cloner whose store has a job of these parameters.
  private func cloner(source parameters: JobParameters) -> JobCloner {
    let store = InMemoryJobStore()
    store.put(
      .with {
        $0.id = Self.sourceID
        $0.projectID = Self.project
        $0.status = .success
        $0.jobParameters = parameters
      })
    return JobCloner(store: store, objects: InMemoryObjectStorage())
  }

  /// Counts the work of clones of several sizes.
  ///
  /// - Parameter fill: fills the source's parameters and the overrides.
  private func check(
    _ what: String, line: UInt = #line,
    _ fill: (_ count: Int, _ source: inout JobParameters, _ overrides: inout JobParameters) -> Void
  ) async {
    var works: [Work] = []
    for count in Self.counts {
      var source = JobParameters.with {
        $0.cmd = "true"
        $0.cloudInstanceTypes = [CloudInstanceType(name: "c1.4")]
      }
      var overrides = JobParameters()
      fill(count, &source, &overrides)
      let cloner = cloner(source: source)
      let request = CloneProjectJobRequest.with {
        $0.sourceJobID = Self.sourceID
        $0.jobParametersOverrides = overrides
      }
      let size = source.serializedSize + request.serializedSize
      works.append(
        await Work.counting(inputBytes: size) {
          do {
            _ = try await cloner.clone(request, for: Caller(principal: Self.principal))
          } catch {
            // What is refused takes time as well, up to the details of the status.
            _ = (error as? JobError)?.googleStatus(requestID: "id").serializedBytes()
          }
        })
    }
    assertLinear(works, what, line: line)
  }

  private func file(_ path: String, _ name: String = "", digest: Int = 0, size: Int64 = 1) -> File {
    let digits = String(digest, radix: 16)
    return .with {
      $0.desc = FileDesc(path: path, var: name)
      $0.sha256 = String(repeating: "0", count: 64 - digits.count) + digits
      $0.sizeBytes = size
    }
  }

  func testKeyedListsAndNames() async {
    await check("new arguments") { count, _, overrides in
      overrides.cmd = "true"
      overrides.arguments = (0..<count).map { Argument(name: "argument name \($0)", value: "v") }
    }
    await check("unknown arguments") { count, _, overrides in
      overrides.arguments = (0..<count).map { Argument(name: "argument name \($0)", value: "v") }
    }
    await check("replaced arguments, backwards") { count, source, overrides in
      source.arguments = (0..<count).map { Argument(name: "argument name \($0)", value: "v") }
      overrides.arguments = source.arguments.reversed()
    }
    await check("equal arguments") { count, source, overrides in
      overrides.cmd = "true"
      overrides.arguments = (0..<count).map { _ in Argument(name: "the one name", value: "v") }
      source.arguments = overrides.arguments
    }
    await check("names used twice") { count, _, overrides in
      overrides.cmd = "true"
      overrides.arguments = (0..<count).map { Argument(name: "a longer name \($0)", value: "v") }
      overrides.outputDatasets = (0..<count).map { index in
        .with { $0.var = "a longer name \(index)" }
      }
    }
    await check("mounts and datasets") { count, _, overrides in
      overrides.cmd = "true"
      overrides.s3MountIds = (0..<count).map { "the id of mount \($0)" }
      overrides.datasetIds = overrides.s3MountIds
    }
    await check("instance types without a name") { count, _, overrides in
      overrides.cloudInstanceTypes = (0..<count).map { _ in CloudInstanceType(name: "") }
    }
  }

  func testCommands() async {
    await check("references to arguments") { count, _, overrides in
      overrides.arguments = (0..<count).map { Argument(name: "argument name \($0)", value: "v") }
      overrides.cmd = overrides.arguments.map { "${\($0.name)}" }.joined()
    }
    await check("unknown references") { count, _, overrides in
      overrides.cmd = (0..<count).map { "${unknown reference \($0)}" }.joined()
    }
    await check("references without an end") { count, _, overrides in
      overrides.cmd = String(repeating: "${${ \n${", count: count)
    }
    await check("lost references") { count, source, overrides in
      source.s3MountIds = (0..<count).map { "the id of mount \($0)" }
      source.cmd = source.s3MountIds.reversed().map { "${\($0)}" }.joined()
      overrides.s3MountIds = ["another"]
    }
  }

  func testFilesAndPaths() async {
    await check("paths of many components") { count, _, overrides in
      overrides.cmd = "true"
      let deep = String(repeating: "a/", count: min(count, 2_000))
      overrides.inputFiles = (0..<50).map { file(deep + "\($0)") }
    }
    await check("a path of very many components") { count, _, overrides in
      overrides.cmd = "true"
      overrides.inputFiles = [
        file(String(repeating: "a/", count: 100 * count), "X"),
        file(String(repeating: "a/", count: 100 * count) + "x", "Y"),
      ]
    }
    await check("more files than allowed") { count, _, overrides in
      overrides.cmd = "true"
      overrides.inputFiles = (0..<count).map { file("folder/sub folder/file \($0)", digest: $0) }
      overrides.outputFiles = (0..<count).map { _ in FileDesc(path: "the same everywhere") }
    }
    await check("local modules of one content and many sizes") { count, _, overrides in
      overrides.env = .with {
        $0.pythonEnv = .with {
          $0.localModules = (0..<count).map { file("module \($0)", size: Int64($0)) }
        }
      }
    }
    await check("local modules to upload") { count, _, overrides in
      overrides.env = .with {
        $0.pythonEnv = .with {
          $0.localModules = (0..<count).map { file("module \($0)", digest: $0 + 1) }
        }
      }
    }
    await check("local modules that are lost") { count, source, overrides in
      source.env = .with {
        $0.pythonEnv = .with {
          $0.localModules = (0..<count).map { file("module \($0)", digest: $0 + 1) }
        }
      }
      overrides.cmd = "false"
    }
  }

  func testEnvironments() async {
    await check("variables") { count, source, overrides in
      source.env = .with {
        $0.vars = StringMap((0..<count).map { ("variable number \($0)", "value") })
      }
      overrides.env = .with {
        $0.vars = StringMap((0..<count).map { ("variable number \(2 * $0)", "value") })
      }
    }
    await check("malformed variables") { count, _, overrides in
      overrides.env = .with {
        $0.vars = StringMap((0..<count).map { ("variable number =\($0)", "value") })
      }
    }
    await check("a version of many parts") { count, _, overrides in
      overrides.env = .with {
        $0.pythonEnv = .with { $0.pythonVersion = String(repeating: "3.", count: 100 * count) }
      }
    }
  }

  func testLists() async throws {
    let cloner = cloner(source: JobParameters())
    for field in ["filter", "page_token", "project_id"] {
      var works: [Work] = []
      for count in Self.counts {
        let text = String(repeating: "name = \"-_\" AND ", count: 10 * count)
        let request = ListProjectJobRequest.with {
          $0.projectID = field == "project_id" ? text : Self.project
          if field == "filter" { $0.filter = text }
          if field == "page_token" { $0.pageToken = text }
        }
        works.append(
          await Work.counting(inputBytes: request.serializedSize) {
            _ = try? await cloner.list(request, for: Self.principal)
          })
      }
      assertLinear(works, field)
    }
  }

  func testDownloadsOfFilesThatAreAlike() async throws {
    var works: [Work] = []
    for count in Self.counts {
      var parameters = JobParameters()
      parameters.env = .with {
        $0.pythonEnv = .with {
          $0.localModules = (0..<count).map { file("the one path", "var \($0)", digest: 7) }
        }
      }
      let request = DownloadProjectJobFilesRequest.with {
        $0.jobID = Self.sourceID
        $0.files = (0..<count).map { file("the one path", "another var \($0)", digest: 7) }
      }
      let cloner = cloner(source: parameters)
      works.append(
        await Work.counting(inputBytes: parameters.serializedSize + request.serializedSize) {
          do {
            _ = try await cloner.downloadFiles(request, for: Self.principal)
            XCTFail("there are no such files")
          } catch {
            XCTAssertEqual((error as? JobError)?.code, .invalidArgument)
          }
        })
    }
    assertLinear(works, "downloads")
  }

  /// Whatever is left to do when a call is cancelled is not done.
  func testACancelledCallEndsCancelled() async throws {
    let cloner = cloner(source: .with { $0.cloudInstanceTypes = [CloudInstanceType(name: "c1")] })
    let request = CloneProjectJobRequest.with {
      $0.sourceJobID = Self.sourceID
      $0.jobParametersOverrides = .with { $0.cmd = "true" }
    }
    let call = Task { () async throws -> LongRunningOperation in
      while !Task.isCancelled { await Task.yield() }
      return try await cloner.clone(request, for: Caller(principal: Principal(id: "caller")))
    }
    call.cancel()
    do {
      _ = try await call.value
      XCTFail("the call went on")
    } catch {
      XCTAssertEqual((error as? JobError)?.code, .cancelled, "\(error)")
    }
  }
}
