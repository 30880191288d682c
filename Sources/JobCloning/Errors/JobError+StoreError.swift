extension JobError {
  /// What a caller is told of a store's fault: its kind and nothing more.
  ///
  /// The store's own text names paths and keys of the server, so it stays with the cause.
  public init(_ error: StoreError) {
    switch error.code {
    case .unavailable:
      self.init(.unavailable, "the storage does not answer; try again", cause: error)
    case .full:
      self.init(.resourceExhausted, "the storage is full", cause: error)
      quotaViolations = [
        QuotaViolation(subject: "storage", description: "there is no space left")
      ]
    case .corrupted, .misconfigured:
      self.init(.internal, "internal error", cause: error)
    }
  }
}

/// Runs a call of a store or of an authorizer and turns its error into the domain's.
func storing<Result: Sendable>(
  _ body: () async throws(StoreError) -> Result
) async throws(JobError) -> Result {
  do {
    return try await body()
  } catch {
    throw JobError(error)
  }
}
