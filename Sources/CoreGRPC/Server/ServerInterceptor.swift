/// Work around every call of a server: authentication, request ids, logs, measures, admission.
///
/// Interceptors nest in the order given, the first outermost, and see every call, also of methods
/// that nobody serves. An interceptor that throws, or does not call `next`, ends the call.
///
/// Calls beyond a limit of ``ServerConfiguration`` are refused before any work is done for them: only
/// interceptors that ask for it see those, to count and log them.
public struct ServerInterceptor: Sendable {
  /// The rest of the call, inner interceptors and the handler; it throws how the call failed.
  public typealias Next = @Sendable () async throws -> Void

  let intercept: @Sendable (ServerCallContext, Next) async throws -> Void
  let seesRefusedCalls: Bool

  /// An interceptor that does this around a call; it calls `next` once at the most.
  ///
  /// - Parameters:
  ///   - seesRefusedCalls: whether it is also around calls that the server refuses for its limits
  ///     (``ServerCallContext/isRefused``). It should do little then: there may be very many.
  ///   - intercept: the work.
  public init(
    seesRefusedCalls: Bool = false,
    _ intercept: @escaping @Sendable (ServerCallContext, Next) async throws -> Void
  ) {
    self.intercept = intercept
    self.seesRefusedCalls = seesRefusedCalls
  }

  /// The interceptor around some calls alone.
  ///
  /// - Parameter condition: looks at the method's full path, as in `/grpc.health.v1.Health/Check`.
  public func applied(
    where condition: @escaping @Sendable (_ method: String) -> Bool
  ) -> ServerInterceptor {
    ServerInterceptor(seesRefusedCalls: seesRefusedCalls) { context, next in
      guard condition(context.method) else { return try await next() }
      try await intercept(context, next)
    }
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
