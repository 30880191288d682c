internal import CoreGRPC
internal import JobMessages
internal import ProtobufWire

/// The server of this package: one completion queue, one thread.
@main
struct CoreServer {
  static func main() async throws {
    let server = try GRPCServer(
      address: CommandLine.arguments.dropFirst().first ?? "127.0.0.1:0", services: [Bench()])
    try await server.run()
  }
}

/// What the benchmark asks of every server; see bench.proto.
struct Bench: GRPCService {
  var methods: [RPCMethod] {
    [
      .unary("/bench.Bench/Echo") { bytes, _ in bytes },
      .unary("/bench.Bench/Plan") { bytes, _ in
        MessageReply(Self.plan(try CloneProjectJobRequest(serializedBytes: bytes)))
      },
    ]
  }

  private static func plan(_ request: CloneProjectJobRequest) -> LongRunningOperation {
    let jobID = "bt100000000000000001"
    let time = ProtobufTimestamp.with { $0.seconds = 1_700_000_000 }
    let uploads = (request.jobParametersOverrides?.inputFiles ?? []).map { file in
      StorageFile.with {
        $0.file = file
        $0.url = "http://127.0.0.1:50052/v1/contents/" + file.sha256
      }
    }
    return .with {
      $0.id = "bt100000000000000000"
      $0.description = "Clone job " + request.sourceJobID
      $0.createdAt = time
      $0.createdBy = "anonymous"
      $0.modifiedAt = time
      $0.done = true
      $0.metadata = ProtobufAny(
        packing: CloneProjectJobMetadata.with {
          $0.projectID = "example"
          $0.jobID = jobID
        })
      $0.response = ProtobufAny(
        packing: CloneProjectJobResponse.with {
          $0.jobID = jobID
          $0.uploadFiles = uploads
        })
    }
  }
}
