internal import CoreGRPC
internal import ProtobufWire

/// The four kinds of methods over messages instead of bytes.
extension RPCMethod {
  static func unary<Request: Message, Reply: Message>(
    _ path: String,
    handler: @escaping @Sendable (Request, ServerCallContext) async throws -> Reply
  ) -> RPCMethod {
    .unary(path) { (bytes: [UInt8], context: ServerCallContext) -> [UInt8] in
      try await handler(Request(request: bytes), context).serializedBytes()
    }
  }

  static func serverStreaming<Request: Message, Reply: Message>(
    _ path: String,
    handler:
      @escaping @Sendable (Request, MessageReplies<Reply>, ServerCallContext) async throws -> Void
  ) -> RPCMethod {
    .serverStreaming(path) {
      (bytes: [UInt8], replies: ReplyStream, context: ServerCallContext) in
      try await handler(Request(request: bytes), MessageReplies(stream: replies), context)
    }
  }

  static func clientStreaming<Request: Message, Reply: Message>(
    _ path: String,
    handler:
      @escaping @Sendable (inout MessageRequests<Request>, ServerCallContext) async throws -> Reply
  ) -> RPCMethod {
    .clientStreaming(path) { (requests: RequestStream, context: ServerCallContext) -> [UInt8] in
      var messages = MessageRequests<Request>(iterator: requests.makeAsyncIterator())
      return try await handler(&messages, context).serializedBytes()
    }
  }

  static func bidirectionalStreaming<Request: Message, Reply: Message>(
    _ path: String,
    handler:
      @escaping @Sendable (
        inout MessageRequests<Request>, MessageReplies<Reply>, ServerCallContext
      ) async throws -> Void
  ) -> RPCMethod {
    .bidirectionalStreaming(path) {
      (requests: RequestStream, replies: ReplyStream, context: ServerCallContext) in
      var messages = MessageRequests<Request>(iterator: requests.makeAsyncIterator())
      try await handler(&messages, MessageReplies(stream: replies), context)
    }
  }
}

/// The requests of a stream, decoded.
struct MessageRequests<Request: Message> {
  var iterator: RequestStream.Iterator

  /// Whether the request that was read last came compressed.
  var isCompressed: Bool { iterator.isRequestCompressed }

  mutating func next() async throws -> Request? {
    guard let bytes = try await iterator.next() else { return nil }
    return try Request(request: bytes)
  }
}

/// Takes the replies of a stream, and encodes them.
struct MessageReplies<Reply: Message>: Sendable {
  let stream: ReplyStream

  func write(_ reply: Reply, isCompressible: Bool) async throws {
    try await stream.write(reply.serializedBytes(), isCompressible: isCompressible)
  }
}

extension Message {
  /// Decodes a request; what is malformed is the caller's fault.
  fileprivate init(request bytes: [UInt8]) throws(RPCError) {
    do throws(WireError) {
      try self.init(serializedBytes: bytes)
    } catch {
      throw RPCError(.invalidArgument, "The request is not a valid message: \(error).")
    }
  }
}
