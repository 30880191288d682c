/// Work around every call of a server: authentication, request ids, logs, measures, admission.
///
/// Interceptors nest in the order given, the first outermost, and see every call, also of methods
/// that nobody serves. An interceptor that throws, or does not call `next`, ends the call.
public struct ServerInterceptor: Sendable {
  /// The rest of the call, inner interceptors and the handler; it throws how the call failed.
  public typealias Next = @Sendable () async throws -> Void

  let intercept: @Sendable (ServerCallContext, Next) async throws -> Void

  /// An interceptor that does this around a call; it calls `next` once at the most.
  public init(_ intercept: @escaping @Sendable (ServerCallContext, Next) async throws -> Void) {
    self.intercept = intercept
  }
}

extension RPCMethod {
  /// The method with interceptors around it.
  func intercepted(by interceptors: [ServerInterceptor]) -> RPCMethod {
    interceptors.reversed().reduce(self) { inner, interceptor in
      RPCMethod(
        path: inner.path, isStreaming: inner.isStreaming, readsMessage: inner.readsMessage
      ) { call, context in
        try await interceptor.intercept(context) { try await inner.run(call, context) }
      }
    }
  }
}
