internal import CoreGRPC
internal import ProtobufWire

extension RPCMethod {
  /// A method over messages with one request and any number of replies.
  ///
  /// - Parameters:
  ///   - service: the service's full name.
  ///   - name: the method's name.
  static func serverStreaming<Request: Message, Reply: Message>(
    _ service: String, _ name: String,
    handler:
      @escaping @Sendable (Request, MessageReplies<Reply>, ServerCallContext) async throws -> Void
  ) -> RPCMethod {
    .serverStreaming("/\(service)/\(name)") { bytes, replies, context in
      try await context.translatingErrors {
        let request = try Request(serializedBytes: bytes)
        try await handler(request, MessageReplies(stream: replies), context)
      }
    }
  }

  /// A method over messages with any number of requests and replies, in any order.
  ///
  /// - Parameters:
  ///   - service: the service's full name.
  ///   - name: the method's name.
  static func bidirectionalStreaming<Request: Message, Reply: Message>(
    _ service: String, _ name: String,
    handler:
      @escaping @Sendable (
        MessageRequests<Request>, MessageReplies<Reply>, ServerCallContext
      ) async throws -> Void
  ) -> RPCMethod {
    .bidirectionalStreaming("/\(service)/\(name)") { requests, replies, context in
      try await context.translatingErrors {
        try await handler(
          MessageRequests(stream: requests), MessageReplies(stream: replies), context)
      }
    }
  }
}

extension ServerCallContext {
  /// Gives the call its ids, and turns what the handler throws into the status it means.
  fileprivate func translatingErrors(_ handler: () async throws -> Void) async throws(RPCError) {
    let identity = RequestIdentity(self)
    do {
      try await handler()
    } catch {
      throw RPCError(error, requestID: identity.requestID)
    }
  }
}

/// The requests of a stream, decoded one by one.
struct MessageRequests<Request: Message>: AsyncSequence, Sendable {
  typealias Element = Request

  let stream: RequestStream

  struct Iterator: AsyncIteratorProtocol {
    var requests: RequestStream.Iterator

    mutating func next() async throws -> Request? {
      guard let bytes = try await requests.next() else { return nil }
      return try Request(serializedBytes: bytes)
    }
  }

  func makeAsyncIterator() -> Iterator { Iterator(requests: stream.makeAsyncIterator()) }
}

/// Takes the replies of a stream, and encodes them straight into gRPC's memory.
struct MessageReplies<Reply: Message>: Sendable {
  let stream: ReplyStream

  /// Sends a reply, and returns when the caller's window has room again.
  func write(_ reply: Reply) async throws(RPCError) {
    try await stream.write(MessagePayload(reply))
  }

  /// Tells the caller that the call has begun well, before there is a reply.
  func sendInitialMetadata() async throws(RPCError) { try await stream.sendInitialMetadata() }
}
