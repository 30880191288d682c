public import JobMessages
internal import ProtobufWire

extension JobCloner {
  /// Waits for an operation to be done.
  ///
  /// An end that this process brings about is noticed at once, one of another process soon: the
  /// store is asked from time to time, at first after 0.2 s and at last every 5 s.
  ///
  /// - Parameters:
  ///   - id: the operation.
  ///   - principal: who asks, and must be able to read its project.
  ///   - timeout: how long to wait; nil waits for as long as it takes.
  /// - Returns: the operation as Get returns it; it is not done when the time was over first.
  /// - Throws: ``JobError``, also when the operation is forgotten meanwhile, or the task is
  ///   cancelled (``JobErrorCode/cancelled``).
  public func waitForOperation(
    _ id: String, for principal: Principal, timeout: Duration? = nil
  ) async throws(JobError) -> LongRunningOperation {
    let request = GetOperationRequest.with { $0.operationID = id }
    var rest = timeout
    var backoff = Backoff(upTo: .seconds(5))
    while true {
      // Who begins to listen before looking misses no end.
      let current = try await events.watching(id) {
        (end) async throws(JobError) -> LongRunningOperation? in
        let operation = try await operation(request, for: principal)
        if operation.done { return operation }
        if let rest, rest <= .zero { return operation }
        let pause = rest.map { min($0, backoff.step()) } ?? backoff.step()
        if await end.value(within: pause, on: timer) == nil { rest = rest.map { $0 - pause } }
        return nil
      }
      if let current { return current }
      if Task.isCancelled { throw .cancelled("waiting for the operation") }
    }
  }
}
