internal import JobMessages

extension LongRunningOperation {
  /// The operation, done with this result.
  func ended(_ result: Result, at now: ProtobufTimestamp) -> LongRunningOperation {
    var operation = self
    operation.done = true
    operation.result = result
    operation.touch(at: now)
    return operation
  }

  /// The operation, done with this error (clone-semantics §3).
  func failed(_ error: JobError, at now: ProtobufTimestamp) -> LongRunningOperation {
    // The call is long over, so there is no request to name.
    ended(.error(error.googleStatus(requestID: "")), at: now)
  }

  /// Notes a change; `modified_at` stands still where clocks go back.
  mutating func touch(at now: ProtobufTimestamp) {
    if let modifiedAt, now.isBefore(modifiedAt) { return }
    modifiedAt = now
  }
}
