internal import CoreGRPC

/// What there is to say of a call that is over.
struct CallReport: Sendable {
  /// Stands for the methods that nobody serves: their names are the callers' inventions, and as
  /// many as they like.
  static let otherMethod = "other"

  let context: ServerCallContext
  let requestID: String
  let code: StatusCode
  let end: ContinuousClock.Instant
  let duration: Duration

  /// The method's full name without the leading slash, or ``otherMethod``.
  var method: String {
    context.isMethodServed ? String(context.method.drop { $0 == "/" }) : Self.otherMethod
  }
}

extension ServerInterceptor {
  /// Tells of each call when it begins and when it is over, those among them that the server refuses
  /// for one of its limits.
  ///
  /// - Parameters:
  ///   - now: the clock.
  ///   - begun: runs before anything else of the call.
  ///   - finished: runs once the interceptors and the handler inside have returned.
  static func reporting(
    now: @escaping @Sendable () -> ContinuousClock.Instant,
    begun: @escaping @Sendable () -> Void = {},
    finished: @escaping @Sendable (CallReport) -> Void
  ) -> ServerInterceptor {
    ServerInterceptor(seesRefusedCalls: true) { context, next in
      let start = now()
      let identity = RequestIdentity(context)
      begun()
      let outcome: Result<Void, any Error>
      do {
        outcome = .success(try await next())
      } catch {
        outcome = .failure(error)
      }
      let end = now()
      finished(
        CallReport(
          context: context, requestID: identity.requestID,
          code: code(of: outcome, context, identity, at: end), end: end, duration: end - start))
      try outcome.get()
    }
  }

  /// The status that the caller sees: a handler whose time is over only knows that it is cancelled.
  private static func code(
    of outcome: Result<Void, any Error>, _ context: ServerCallContext, _ identity: RequestIdentity,
    at end: ContinuousClock.Instant
  ) -> StatusCode {
    guard case .failure(let error) = outcome else { return .ok }
    let code = RPCError(error, requestID: identity.requestID).code
    guard code == .cancelled, let deadline = context.deadline, deadline <= end else { return code }
    return .deadlineExceeded
  }
}
