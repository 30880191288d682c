internal import JobMessages
internal import ProtobufWire

extension JobCloner {
  /// How often a change is decided anew because the job was changed in between.
  private static let changeAttempts = 10

  /// Changes a job: reads it, lets `decide` say what to store, and stores that.
  ///
  /// When the job was changed in between it is read and decided anew, a bounded number of times.
  /// - Parameter decide: gets the job as it is stored; nil stores nothing.
  /// - Returns: what was decided last and how it ended, which is not in a conflict; nil when nothing
  ///   was to be stored.
  func change(
    job id: String, _ decide: (StoredJob) async throws(JobError) -> JobChange?
  ) async throws(JobError) -> DecidedChange? {
    for _ in 1...Self.changeAttempts {
      let stored = try await storing { [store] () async throws(StoreError) in
        try await store.storedJob(id: id)
      }
      guard let stored else { throw .notFound(.job, id) }
      guard let change = try await decide(stored) else { return nil }
      let outcome = try await storing { [store] () async throws(StoreError) in
        try await store.change(change)
      }
      if outcome != .conflict { return DecidedChange(change: change, outcome: outcome) }
    }
    throw JobError(.unavailable, "job \(quoted(id)) is being changed; try again")
  }

  /// Changes a job with an operation that is done with the change, as the answer to a call.
  ///
  /// The same request under the same idempotency key gets the operation of then, also when the job
  /// is gone since.
  func perform(
    _ action: JobAction, _ request: some Message, job id: String, for caller: Caller,
    _ decide: (StoredJob, _ now: ProtobufTimestamp) async throws(JobError) -> JobChange
  ) async throws(JobError) -> LongRunningOperation {
    let now = clock.now()
    let keyed = KeyedRequest(
      request, action.fullName, caller: caller, keys: store.keys, policy, at: now)
    if let keyed, let earlier = try await earlier(keyed) {
      return try await repeated(earlier, for: caller.principal, orMissing: .job, id, at: now)
    }
    try requireJobID(id, of: caller)
    let decided: DecidedChange?
    do throws(JobError) {
      try await changeable(job: id, for: caller.principal)
      decided = try await change(job: id) { (stored) async throws(JobError) in
        var change = try await decide(stored, now)
        change.idempotency = keyed?.claim
        return change
      }
    } catch {
      // The same request may have gone through, and the job with it, since the look at the key.
      guard let keyed, let earlier = try await earlier(keyed) else { throw error }
      return try await repeated(earlier, for: caller.principal, orMissing: .job, id, at: now)
    }
    guard let decided, let operation = decided.change.newOperation?.operation else {
      throw JobError(.internal, "internal error")
    }
    switch decided.outcome {
    case .changed: return operation
    case .leaseLost: throw JobError(.unavailable, "job \(quoted(id)) is being changed; try again")
    case .conflict, .repeated, .keyReused:
      guard let earlier = try await earlier(keyed, decided.outcome) else {
        throw JobError(.internal, "internal error")
      }
      return try await reply(earlier, for: caller.principal)
    }
  }

  /// Refuses an id that cannot name a job, and a key that cannot be one, both at once.
  func requireJobID(_ id: String, of caller: Caller) throws(JobError) {
    var violations = Violations()
    RequestChecks.id(id, "job_id", &violations)
    RequestChecks.idempotencyKey(caller.idempotencyKey, &violations)
    try violations.throwIfAny()
  }

  /// An operation that began and ended now.
  func doneOperation(
    _ summary: String, by principal: Principal, at now: ProtobufTimestamp,
    metadata: some Message, response: some Message
  ) -> LongRunningOperation {
    .with {
      $0.id = ids.makeID(prefix: policy.idPrefix)
      $0.description = summary
      $0.createdAt = now
      $0.createdBy = principal.id
      $0.modifiedAt = now
      $0.done = true
      $0.metadata = ProtobufAny(packing: metadata)
      $0.response = ProtobufAny(packing: response)
    }
  }
}

/// What was decided about a job, and how storing it ended.
struct DecidedChange {
  let change: JobChange
  let outcome: JobChangeOutcome
}
