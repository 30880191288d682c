/// A method that a server serves: its path, and what runs when a call of it arrives.
public struct RPCMethod: Sendable {
  /// The full path, as in `/grpc.health.v1.Health/Check`.
  public let path: String

  /// Runs the handler and leaves its reply in the call; the interceptors are around it.
  let run: @Sendable (ServerCall, ServerCallContext) async throws -> Void

  /// A method with one request and one reply.
  ///
  /// The handler starts on a poller thread and must not block it. It runs in a task that is
  /// cancelled when the peer gives the call up or its deadline passes.
  /// - Parameters:
  ///   - path: `/package.Service/Method`.
  ///   - handler: gets the request's bytes; throws ``RPCError`` to choose the status, and any
  ///     other error becomes INTERNAL with a fixed text.
  public static func unary<Reply: RPCPayload>(
    _ path: String,
    handler: @escaping @Sendable ([UInt8], ServerCallContext) async throws -> Reply
  ) -> RPCMethod {
    RPCMethod(path: path) { call, context in
      let request = try call.takeRequest()
      let reply = try await handler(request, context)
      call.setReply(reply)
    }
  }

  init(
    path: String, run: @escaping @Sendable (ServerCall, ServerCallContext) async throws -> Void
  ) {
    self.path = path
    self.run = run
  }

  /// What answers a method that nobody serves.
  static let unknown = RPCMethod(path: "") { _, context in
    throw RPCError(.unimplemented, "Method \(context.method) is not served.")
  }
}

/// A set of methods that belong together: what a server is made of.
public protocol GRPCService: Sendable {
  /// The methods, each path once in a server.
  var methods: [RPCMethod] { get }
}
