internal import CoreGRPC
internal import JobCloning
internal import ProtobufWire

extension RPCMethod {
  /// A unary method over messages: decodes, runs the handler, and turns its errors into statuses.
  ///
  /// - Parameters:
  ///   - service: the service's full name.
  ///   - name: the method's name.
  static func unary<Request: Message, Reply: Message>(
    _ service: String, _ name: String,
    handler: @escaping @Sendable (Request, ServerCallContext) async throws -> Reply
  ) -> RPCMethod {
    .unary("/\(service)/\(name)") { bytes, context in
      let identity = RequestIdentity(context)
      do {
        let request = try Request(serializedBytes: bytes)
        return MessagePayload(try await handler(request, context))
      } catch {
        throw RPCError(error, requestID: identity.requestID)
      }
    }
  }
}

extension RPCMethod {
  /// A method with one request and any number of replies, over messages.
  ///
  /// - Parameters:
  ///   - service: the service's full name.
  ///   - name: the method's name.
  static func serverStreaming<Request: Message>(
    _ service: String, _ name: String,
    handler:
      @escaping @Sendable (Request, MessageStream, ServerCallContext) async throws -> Void
  ) -> RPCMethod {
    .serverStreaming("/\(service)/\(name)") { bytes, replies, context in
      let identity = RequestIdentity(context)
      do {
        try await handler(
          Request(serializedBytes: bytes), MessageStream(replies: replies), context)
      } catch {
        throw RPCError(error, requestID: identity.requestID)
      }
    }
  }
}

/// Takes the replies of a call, as messages.
struct MessageStream: Sendable {
  fileprivate let replies: ReplyStream

  /// Sends a reply, and returns when the caller's window has room again.
  func write(_ reply: some Message) async throws(RPCError) {
    try await replies.write(MessagePayload(reply))
  }

  /// Tells the caller that the call has begun well, before there is a reply.
  func sendInitialMetadata() async throws(RPCError) { try await replies.sendInitialMetadata() }
}

extension ServerCallContext {
  /// The caller with what it said about repeating itself (clone-semantics §5).
  var caller: Caller {
    Caller(principal: principal, idempotencyKey: metadata["idempotency-key"])
  }
}
