internal import JobMessages
internal import ProtobufWire

/// A request that came with an idempotency key (clone-semantics §5).
struct KeyedRequest: Sendable {
  /// The claim to the key, with the digest under the current secret.
  let claim: IdempotencyClaim
  /// The digests under the other secrets: a key outlives a rotation, and another process may have
  /// the next secret in use already.
  private let otherDigests: [[UInt8]]

  /// The claim that a request makes; nil without a key, or with one that the checks refuse.
  ///
  /// - Parameter method: the full name of the method, as in the path of the call.
  init?(
    _ request: some Message, _ method: String, caller: Caller, keys: KeyRing,
    _ policy: OverridePolicy, at now: ProtobufTimestamp
  ) {
    guard let key = caller.idempotencyKey, RequestChecks.isIdempotencyKey(key) else { return nil }
    let message = Array(method.utf8) + [0] + request.serializedBytes()
    let purpose = "idempotent request v1"
    otherDigests = keys.others.map { $0.mac(message, purpose: purpose) }
    claim = IdempotencyClaim(
      principalID: caller.principal.id, method: method, key: key,
      requestDigest: keys.current.mac(message, purpose: purpose), claimedAt: now,
      expiresAt: now.advanced(bySeconds: policy.idempotencyRetention))
  }

  /// The claim as it was made under each other secret.
  var otherClaims: [IdempotencyClaim] {
    otherDigests.map { digest in
      var claim = claim
      claim.requestDigest = digest
      return claim
    }
  }
}

extension JobCloner {
  /// The operation that the same request made before under its key, if there was one.
  func earlier(_ request: KeyedRequest) async throws(JobError) -> StoredOperation? {
    try await earlier(request, look(up: request.claim))
  }

  /// The same, once a store has answered the claim.
  func earlier(
    _ request: KeyedRequest, _ answer: JobCreationOutcome?
  ) async throws(JobError) -> StoredOperation? {
    switch answer {
    case .repeated(let operation): return operation
    case .keyReused:
      for claim in request.otherClaims {
        if case .repeated(let operation) = try await look(up: claim) { return operation }
      }
      throw .invalid(
        field: RequestChecks.idempotencyKeyField, "was used before with another request")
    case .created, .nameTaken, .contentsChanged, nil: return nil
    }
  }

  /// The same, once a store has answered a change with the claim.
  func earlier(
    _ request: KeyedRequest?, _ outcome: JobChangeOutcome
  ) async throws(JobError) -> StoredOperation? {
    switch outcome {
    case .repeated(let operation): return operation
    case .keyReused:
      guard let request else { return nil }
      return try await earlier(request, JobCreationOutcome.keyReused)
    case .changed, .conflict, .leaseLost: return nil
    }
  }

  /// The reply to a request that was made before; its caller may have lost rights since then.
  func repeated(
    _ stored: StoredOperation, for principal: Principal, orMissing kind: ResourceKind, _ id: String,
    at now: ProtobufTimestamp
  ) async throws(JobError) -> LongRunningOperation {
    try await gate.requireCreating(in: stored.projectID, as: principal, orMissing: kind, id)
    return try await filled(stored, at: now)
  }

  private func look(
    up claim: IdempotencyClaim
  ) async throws(JobError) -> JobCreationOutcome? {
    try await storing { [store] () async throws(StoreError) in try await store.idempotent(claim) }
  }
}
