public import JobCloning
internal import JobMessages

extension InMemoryJobStore {
  /// Stores an operation that changes no job, such as one on a whole project; of one that is there
  /// already, the key alone.
  public func add(
    _ operation: StoredOperation, idempotency: IdempotencyClaim?
  ) async throws(StoreError) -> JobCreationOutcome {
    try access { state in
      if let outcome = idempotency.flatMap({ state.outcome(of: $0) }) { return outcome }
      state.add(operation, idempotency)
      return .created
    }
  }

  /// When a sweep last cleared things away, or nil.
  public func lastSweep() async throws(StoreError) -> Int64? { try access { $0.lastSweep } }

  /// Notes that a sweep clears things away at this second.
  public func noteSweep(at second: Int64) async throws(StoreError) {
    try access { $0.lastSweep = second }
  }

  /// A page of a project's operations, newest first.
  public func operations(
    matching query: OperationQuery
  ) async throws(StoreError) -> [StoredOperation] {
    try access { state in
      let found = state.operations.values.map(\.stored).filter(query.matches)
      return Array(
        found.sorted { $0.listingKey > $1.listingKey }.prefix(max(0, query.limit)))
    }
  }

  /// Takes over work of these kinds whose lease is over at second `now`, for this lease, oldest
  /// first.
  public func claimUnfinished(
    _ kinds: Set<OperationWork.Kind>, for lease: OperationLease, now: Int64, limit: Int
  ) async throws(StoreError) -> [UnfinishedOperation] {
    try access { state in
      let free = state.operations.values.filter { record in
        record.work.map { kinds.contains($0.kind) && $0.lease.expires <= now } ?? false
      }
      let oldest = free.sorted { $0.stored.listingKey < $1.stored.listingKey }
      return oldest.prefix(max(0, limit)).compactMap { record in
        guard var work = record.work else { return nil }
        work.lease = lease
        state.operations[record.stored.operation.id]?.work = work
        return UnfinishedOperation(record.stored, work: work)
      }
    }
  }

  /// Prolongs a lease; false when its holder does not have it any more.
  public func renew(
    _ lease: OperationLease, ofOperation id: String
  ) async throws(StoreError) -> Bool {
    try access { state in
      guard state.operations[id]?.work?.lease.holder == lease.holder else { return false }
      state.operations[id]?.work?.lease = lease
      return true
    }
  }

  /// Forgets operations that were done before `time`, and keys that had expired at `now`.
  public func forget(
    operationsDoneBefore time: Int64, keysExpiredAt now: Int64, limit: Int
  ) async throws(StoreError) -> Int {
    try access { state in
      let operations = state.operations.filter { _, record in
        let operation = record.stored.operation
        return operation.done && (operation.modifiedAt?.seconds ?? 0) < time
      }.prefix(max(0, limit))
      for (id, _) in operations { state.operations[id] = nil }
      let keys = state.claims.filter { _, entry in
        (entry.claim.expiresAt.seconds, entry.claim.expiresAt.nanos) <= (now, 0)
      }.prefix(max(0, limit))
      for (scope, _) in keys { state.claims[scope] = nil }
      return operations.count + keys.count
    }
  }
}

extension OperationQuery {
  fileprivate func matches(_ stored: StoredOperation) -> Bool {
    guard isSame(stored.projectID, projectID), isSame(jobID ?? stored.jobID, stored.jobID),
      (isDone ?? stored.operation.done) == stored.operation.done
    else { return false }
    guard let after else { return true }
    return stored.listingKey < (after.createdAt.seconds, after.createdAt.nanos, after.id)
  }
}

extension StoredOperation {
  fileprivate var listingKey: (Int64, Int32, String) {
    (operation.createdAt?.seconds ?? 0, operation.createdAt?.nanos ?? 0, operation.id)
  }
}
