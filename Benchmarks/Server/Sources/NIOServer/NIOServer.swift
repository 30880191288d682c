internal import GRPCCore
internal import GRPCNIOTransportHTTP2Posix
internal import GRPCProtobuf
internal import GeneratedMessages
internal import SwiftProtobuf

/// The peer in Swift: grpc-swift-2 on its NIO transport, with swift-protobuf's messages.
@main
struct NIOServer {
  static func main() async throws {
    let address = CommandLine.arguments.dropFirst().first ?? "127.0.0.1:0"
    let parts = address.split(separator: ":")
    guard parts.count == 2, let port = Int(parts[1]) else { return }
    let server = GRPCServer(
      transport: .http2NIOPosix(
        address: .ipv4(host: String(parts[0]), port: port), transportSecurity: .plaintext),
      services: [Bench()])
    try await server.serve()
  }
}

/// What the benchmark asks of every server; see bench.proto.
struct Bench: RegistrableRPCService {
  private static let service = ServiceDescriptor(fullyQualifiedService: "bench.Bench")

  func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
    router.registerHandler(
      forMethod: MethodDescriptor(service: Self.service, method: "Echo"),
      deserializer: BytesCoder(), serializer: BytesCoder()
    ) { request, _ in
      let message = try await ServerRequest(stream: request).message
      return StreamingServerResponse(single: ServerResponse(message: message))
    }
    router.registerHandler(
      forMethod: MethodDescriptor(service: Self.service, method: "Plan"),
      deserializer:
        ProtobufDeserializer<Yandex_Cloud_Datasphere_V2_Jobs_CloneProjectJobRequest>(),
      serializer: ProtobufSerializer<Yandex_Cloud_Operation_Operation>()
    ) { request, _ in
      let message = try await ServerRequest(stream: request).message
      return StreamingServerResponse(
        single: ServerResponse(message: try Self.plan(message)))
    }
  }

  private static func plan(
    _ request: Yandex_Cloud_Datasphere_V2_Jobs_CloneProjectJobRequest
  ) throws -> Yandex_Cloud_Operation_Operation {
    let jobID = "bt100000000000000001"
    let time = Google_Protobuf_Timestamp.with { $0.seconds = 1_700_000_000 }
    let metadata = Yandex_Cloud_Datasphere_V2_Jobs_CloneProjectJobMetadata.with {
      $0.projectID = "example"
      $0.jobID = jobID
    }
    let response = Yandex_Cloud_Datasphere_V2_Jobs_CloneProjectJobResponse.with {
      $0.jobID = jobID
      $0.uploadFiles = request.jobParametersOverrides.inputFiles.map { file in
        .with {
          $0.file = file
          $0.url = "http://127.0.0.1:50052/v1/contents/" + file.sha256
        }
      }
    }
    var operation = Yandex_Cloud_Operation_Operation()
    operation.id = "bt100000000000000000"
    operation.description_p = "Clone job " + request.sourceJobID
    operation.createdAt = time
    operation.createdBy = "anonymous"
    operation.modifiedAt = time
    operation.done = true
    operation.metadata = try Google_Protobuf_Any(message: metadata)
    operation.response = try Google_Protobuf_Any(message: response)
    return operation
  }
}

/// Bytes as they are.
struct BytesCoder: MessageSerializer, MessageDeserializer {
  func serialize<Bytes: GRPCContiguousBytes>(_ message: [UInt8]) throws -> Bytes {
    Bytes(message)
  }

  func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> [UInt8] {
    bytes.withUnsafeBytes { Array($0) }
  }
}
