internal import Safeguards

/// A method that a server serves: its path, and what runs when a call of it arrives.
public struct RPCMethod: Sendable {
  /// The full path, as in `/grpc.health.v1.Health/Check`.
  public let path: String

  /// Whether messages of the call go through the handler's streams, in either direction.
  let isStreaming: Bool
  /// Whether the call arrives together with its one request.
  let readsMessage: Bool
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
    RPCMethod(path: path, isStreaming: false, readsMessage: true) { call, context in
      let request = try call.takeRequest()
      let reply = try await handler(request, context)
      try call.setReply(reply)
    }
  }

  /// A method with one request and any number of replies.
  ///
  /// - Parameters:
  ///   - path: `/package.Service/Method`.
  ///   - handler: as for a unary method; the call ends with OK when it returns.
  public static func serverStreaming(
    _ path: String,
    handler: @escaping @Sendable ([UInt8], ReplyStream, ServerCallContext) async throws -> Void
  ) -> RPCMethod {
    RPCMethod(path: path, isStreaming: true, readsMessage: true) { call, context in
      let request = try call.takeRequest()
      try await handler(request, ReplyStream(call: call, context: context), context)
    }
  }

  /// A method with any number of requests and one reply.
  ///
  /// - Parameters:
  ///   - path: `/package.Service/Method`.
  ///   - handler: as for a unary method; it need not read the requests to their end.
  public static func clientStreaming<Reply: RPCPayload>(
    _ path: String,
    handler: @escaping @Sendable (RequestStream, ServerCallContext) async throws -> Reply
  ) -> RPCMethod {
    RPCMethod(path: path, isStreaming: true, readsMessage: false) { call, context in
      let reply = try await handler(RequestStream(call: call), context)
      // Not in one batch with the status: core's in-process transport drops a message that the
      // client has not asked for yet when the status arrives.
      try await call.send(context, message: reply)
    }
  }

  /// A method with any number of requests and replies, in any order.
  ///
  /// - Parameters:
  ///   - path: `/package.Service/Method`.
  ///   - handler: as for a unary method; the call ends with OK when it returns.
  public static func bidirectionalStreaming(
    _ path: String,
    handler:
      @escaping @Sendable (RequestStream, ReplyStream, ServerCallContext) async throws -> Void
  ) -> RPCMethod {
    RPCMethod(path: path, isStreaming: true, readsMessage: false) { call, context in
      let replies = ReplyStream(call: call, context: context)
      try await handler(RequestStream(call: call), replies, context)
    }
  }

  init(
    path: String, isStreaming: Bool, readsMessage: Bool,
    run: @escaping @Sendable (ServerCall, ServerCallContext) async throws -> Void
  ) {
    self.path = path
    self.isStreaming = isStreaming
    self.readsMessage = readsMessage
    self.run = run
  }

  /// The full name of the service, as in `grpc.health.v1.Health`.
  var service: String { Self.service(ofPath: path) }

  /// The full name of the service that a path names.
  static func service(ofPath path: String) -> String {
    let name = path.dropFirst()
    return String(name[..<(name.lastIndex(of: "/") ?? name.endIndex)])
  }

  /// What answers a method that nobody serves.
  static let unknown = RPCMethod(path: "", isStreaming: false, readsMessage: false) { _, context in
    throw RPCError(.unimplemented, "Method \(quoted(context.method)) is not served.")
  }
}

extension RPCMethod {
  /// The method as it is when its calls arrive before their request, which is then waited for.
  var arrivingBeforeRequest: RPCMethod {
    guard readsMessage else { return self }
    return RPCMethod(path: path, isStreaming: isStreaming, readsMessage: false) { call, context in
      try await call.receiveRequest()
      try await run(call, context)
    }
  }
}

/// A set of methods that belong together: what a server is made of.
public protocol GRPCService: Sendable {
  /// The methods, each path once in a server.
  var methods: [RPCMethod] { get }

  /// Called once when the server begins to drain, before it refuses anything.
  ///
  /// Calls that would go on for ever should end themselves now: the server waits for them until its
  /// grace period is over. Must return at once. Does nothing by default.
  func serverWillStop()
}

extension GRPCService {
  /// Does nothing.
  public func serverWillStop() {}
}
