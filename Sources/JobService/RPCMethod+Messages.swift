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

extension ServerCallContext {
  /// The caller with what it said about repeating itself (clone-semantics §5).
  var caller: Caller {
    Caller(principal: principal, idempotencyKey: metadata["idempotency-key"])
  }
}
