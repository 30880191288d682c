internal import CoreGRPC
internal import JobClient
internal import JobMessages

extension ProjectJobClient {
  /// The operation once it is done and succeeded; asks until then.
  func finished(_ operation: LongRunningOperation) async throws -> LongRunningOperation {
    var operation = operation
    while !operation.done {
      try await Task.sleep(for: .seconds(1))
      operation = try await self.operation(id: operation.id)
    }
    switch operation.result {
    case .response: return operation
    case .error(let status):
      throw RPCError(StatusCode(rawValue: Int(status.code)), status.message)
    case nil:
      throw RPCError(.internalError, "The operation is done and has no result.")
    }
  }
}
