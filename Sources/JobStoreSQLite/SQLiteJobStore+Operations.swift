public import JobCloning

extension SQLiteJobStore {
  /// Stores an operation that changes no job, such as one on a whole project.
  public func add(
    _ operation: StoredOperation, idempotency: IdempotencyClaim?
  ) async throws(StoreError) -> JobCreationOutcome {
    let row = OperationRow(
      operation.operation, projectID: operation.projectID, jobID: operation.jobID)
    return try decode(await write { try JobWrites.add(row, idempotency, in: $0) })
  }

  /// A page of a project's operations, newest first.
  public func operations(
    matching query: OperationQuery
  ) async throws(StoreError) -> [StoredOperation] {
    let page = try await read { try OperationTable.operations(matching: query, in: $0) }
    var operations: [StoredOperation] = []
    operations.reserveCapacity(page.count)
    for stored in page { operations.append(try decode(stored)) }
    return operations
  }

  /// Takes over work of these kinds whose lease is over at second `now`, for this lease, oldest
  /// first.
  public func claimUnfinished(
    _ kinds: Set<OperationWork.Kind>, for lease: OperationLease, now: Int64, limit: Int
  ) async throws(StoreError) -> [UnfinishedOperation] {
    // Mostly there is none: to find that out needs no turn of the writer.
    let isSome = try await read { try OperationTable.hasFreeWork(kinds, at: now, in: $0) }
    guard isSome else { return [] }
    return try await write {
      try OperationTable.claim(kinds, for: lease, now: now, limit: limit, in: $0)
    }
  }

  /// Prolongs a lease; false when its holder does not have it any more.
  public func renew(
    _ lease: OperationLease, ofOperation id: String
  ) async throws(StoreError) -> Bool {
    try await write { try OperationTable.renew(lease, ofOperation: id, in: $0) }
  }

  /// Forgets operations that were done before `time`, and keys that had expired at `now`.
  public func forget(
    operationsDoneBefore time: Int64, keysExpiredAt now: Int64, limit: Int
  ) async throws(StoreError) -> Int {
    try await write { database in
      try OperationTable.forgetOperations(doneBefore: time, limit: limit, in: database)
        + OperationTable.forgetKeys(expiredAt: now, limit: limit, in: database)
    }
  }
}
