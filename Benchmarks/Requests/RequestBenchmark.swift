import Foundation
import JobCloning
import JobMessages
import JobServiceTesting
import ProtobufWire

/// Measures how much processor time requests of the worst shapes take, decoded and cloned, at the
/// default request limit; fails when one takes more than the time allowed.
@main
enum RequestBenchmark {
  private static let requestBytes = 4 << 20
  private static let allowedMilliseconds = 250.0
  private static let project = "bt1project0000000001"
  private static let sourceID = "bt1source00000000001"

  /// A request whose size grows with `count`, and the parameters of the job that it clones.
  private struct Shape {
    let name: String
    let fill:
      (_ count: Int, _ source: inout JobParameters, _ overrides: inout JobParameters) -> Void
  }

  static func main() async throws {
    var slowest = 0.0
    print("| request of \(requestBytes) bytes | entries | ms of processor time | answer |")
    print("|---|--:|--:|---|")
    for shape in shapes {
      let (count, cloner, bytes) = try largest(shape)
      var times: [Double] = []
      var answer = ""
      for _ in 0..<3 {
        let start = clock()
        answer = await call(cloner, bytes)
        times.append(Double(clock() - start) * 1_000 / Double(CLOCKS_PER_SEC))
      }
      let best = times.min() ?? 0
      slowest = max(slowest, best)
      print("| \(shape.name) | \(count) | \(Int(best.rounded(.up))) | \(answer) |")
    }
    if slowest > allowedMilliseconds { exit(1) }
  }

  /// Decodes a request, clones, and encodes the details of a refusal.
  private static func call(_ cloner: JobCloner, _ bytes: [UInt8]) async -> String {
    do {
      let request = try CloneProjectJobRequest(serializedBytes: bytes)
      _ = try await cloner.clone(request, for: Caller(principal: Principal(id: "caller")))
      return "OK"
    } catch let error as JobError {
      _ = error.googleStatus(requestID: "id").serializedBytes()
      return "\(error.code)"
    } catch {
      return "\(error)"
    }
  }

  /// The request of a shape that is nearly as large as allowed, and a cloner with its source.
  private static func largest(_ shape: Shape) throws -> (Int, JobCloner, [UInt8]) {
    var source = JobParameters()
    func request(_ count: Int) -> CloneProjectJobRequest {
      source = .with { $0.cmd = "true" }
      var overrides = JobParameters()
      shape.fill(count, &source, &overrides)
      return .with {
        $0.sourceJobID = sourceID
        $0.jobParametersOverrides = overrides
      }
    }
    let sample = 10_000
    let perEntry = Double(request(sample).serializedSize) / Double(sample)
    var count = Int(Double(requestBytes) / perEntry)
    while request(count).serializedSize > requestBytes { count -= count / 100 + 1 }
    let bytes = request(count).serializedBytes()
    let store = InMemoryJobStore()
    store.put(
      .with {
        $0.id = sourceID
        $0.projectID = project
        $0.status = .success
        $0.jobParameters = source
      })
    return (count, JobCloner(store: store, objects: InMemoryObjectStorage()), bytes)
  }

  private static func file(_ path: String, digest: Int) -> File {
    let digits = String(digest, radix: 16)
    return .with {
      $0.desc = FileDesc(path: path)
      $0.sha256 = String(repeating: "0", count: 64 - digits.count) + digits
      $0.sizeBytes = 1
    }
  }

  private static var shapes: [Shape] {
    [
      Shape(name: "new arguments, each referred to") { count, _, overrides in
        overrides.arguments = (0..<count).map { Argument(name: String($0, radix: 36), value: "") }
        overrides.cmd = overrides.arguments.map { "${\($0.name)}" }.joined()
      },
      Shape(name: "new arguments") { count, _, overrides in
        overrides.cmd = "true"
        overrides.arguments = (0..<count).map { Argument(name: String($0, radix: 36), value: "") }
      },
      Shape(name: "arguments of the source, backwards") { count, source, overrides in
        source.arguments = (0..<count).map { Argument(name: String($0, radix: 36), value: "") }
        overrides.arguments = source.arguments.reversed()
      },
      Shape(name: "arguments with one name") { count, _, overrides in
        overrides.arguments = (0..<count).map { _ in Argument(name: "a", value: "") }
      },
      Shape(name: "unknown references") { count, _, overrides in
        overrides.cmd = (0..<count).map { "${\(String($0, radix: 36))}" }.joined()
      },
      Shape(name: "variables") { count, source, overrides in
        source.env = .with {
          $0.vars = StringMap((0..<count).map { (String($0, radix: 36), "") })
        }
        overrides.env = .with {
          $0.vars = StringMap((0..<count).map { (String(2 * $0, radix: 36), "") })
        }
      },
      Shape(name: "malformed variables") { count, _, overrides in
        overrides.env = .with {
          $0.vars = StringMap((0..<count).map { (String($0, radix: 36) + "=", "") })
        }
      },
      Shape(name: "paths of many components") { count, _, overrides in
        overrides.cmd = "true"
        let deep = String(repeating: "a/", count: min(2_000, count / 90))
        overrides.inputFiles = (0..<90).map { file(deep + "\($0)", digest: $0) }
        overrides.env = .with {
          $0.pythonEnv = .with { $0.condaYaml = String(repeating: "y", count: count) }
        }
      },
      Shape(name: "empty input files") { count, _, overrides in
        overrides.inputFiles = (0..<count).map { _ in File() }
      },
      Shape(name: "output files of one path") { count, _, overrides in
        overrides.cmd = "true"
        overrides.outputFiles = (0..<count).map { _ in FileDesc(path: "a") }
      },
      Shape(name: "local modules to upload") { count, _, overrides in
        overrides.env = .with {
          $0.pythonEnv = .with {
            $0.localModules = (0..<count).map { file("m\($0)", digest: $0 + 1) }
          }
        }
      },
    ]
  }
}
