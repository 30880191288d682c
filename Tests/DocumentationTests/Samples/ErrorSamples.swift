import CoreGRPC
import JobClient
import JobMessages
import ProtobufWire

struct SmallStore: GRPCService {
  var methods: [RPCMethod] {
    [
      .unary("/example.Store/Put") { request, context -> [UInt8] in
        guard request.count <= 1000 else {
          throw RPCError(
            .resourceExhausted, "At most 1,000 bytes.",
            trailingMetadata: ["x-limit": "1000"])
        }
        return []
      }
    ]
  }
}

func problems(
  of request: CloneProjectJobRequest, to client: ProjectJobClient
) async throws -> [String] {
  do throws(RPCError) {
    _ = try await client.clone(request)
    return []
  } catch {
    guard error.code == .invalidArgument else { throw error }
    let status = try GoogleRPCStatus(serializedBytes: error.details)
    let requests = try status.details.compactMap { try $0.unpack(BadRequest.self) }
    return requests.flatMap(\.fieldViolations).map { "\($0.field): \($0.description)" }
  }
}
