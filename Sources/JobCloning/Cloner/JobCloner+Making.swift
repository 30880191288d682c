internal import JobMessages

extension JobCloner {
  /// Checks the request, plans its uploads, and stores the job with its operation.
  ///
  /// Everything that can fail happens before anything is stored. A store that answers slowly will
  /// be answered for by an operation that is completed later; that path begins at `planUploads`.
  func make(
    _ request: NewJobRequest, for caller: Caller, _ keyed: KeyedRequest?, at now: ProtobufTimestamp
  ) async throws(JobError) -> LongRunningOperation {
    let input = try checked(request, for: caller, at: now)
    if let source = request.source { try source.requireData(at: now) }
    let plan = try await planUploads(of: input, in: request.projectID)

    var job = request.job(
      id: ids.makeID(prefix: policy.idPrefix), parameters: input.merged,
      createdBy: caller.principal, at: now, defaultTTL: policy.defaultDataTTL)
    if case .spec(let spec) = input.overrides.env?.dockerImage {
      let sealed = try seal(spec, in: request.projectID)
      job.jobParameters?.env?.dockerImage = .spec(sealed)
    }
    let draft = OperationDraft(
      id: ids.makeID(prefix: policy.idPrefix), method: request.method, summary: request.summary,
      projectID: request.projectID, jobID: job.id, createdBy: caller.principal, createdAt: now)
    let signed = try uploads.sign(plan.uploads, in: request.projectID, at: now)

    let creation = JobCreation(
      job: job, operation: draft.completed(uploads: plan.uploads), contents: plan.contents,
      idempotency: keyed?.claim, requiresUniqueName: policy.uniqueNames && !job.name.isEmpty)
    let outcome = try await storing { [store] () async throws(StoreError) in
      try await store.create(creation)
    }
    switch outcome {
    case .created:
      return signed.isEmpty ? creation.operation : draft.completed(uploads: signed)
    case .nameTaken: throw .nameTaken(job.name, projectID: job.projectID)
    case .contentsChanged:
      throw JobError(.unavailable, "contents of the project are being removed, try again")
    case .repeated, .keyReused:
      guard let keyed, let earlier = try await earlier(keyed, outcome) else {
        throw JobError(.internal, "internal error")
      }
      return try uploads.filled(earlier, at: now)
    }
  }

  /// What is wrong with a request that names no possible source, besides that.
  func refusal(
    of request: NewJobRequest, for caller: Caller, at now: ProtobufTimestamp,
    _ violations: Violations
  ) -> JobError {
    var violations = violations
    check(request, request.input(policy: policy), for: caller, at: now, &violations)
    return .invalid(violations.list, count: violations.count)
  }

  private func checked(
    _ request: NewJobRequest, for caller: Caller, at now: ProtobufTimestamp
  ) throws(JobError) -> CheckInput {
    let input = request.input(policy: policy)
    var violations = Violations()
    check(request, input, for: caller, at: now, &violations)
    try violations.throwIfAny()
    return input
  }

  private func check(
    _ request: NewJobRequest, _ input: CheckInput, for caller: Caller, at now: ProtobufTimestamp,
    _ violations: inout Violations
  ) {
    ParameterChecks.check(input, into: &violations)
    RequestChecks.check(request, now: now, policy: policy, into: &violations)
    RequestChecks.idempotencyKey(caller.idempotencyKey, &violations)
  }

  private func planUploads(
    of input: CheckInput, in projectID: String
  ) async throws(JobError) -> UploadPlan {
    let files = JobFiles(input)
    let questions = files.questions
    guard !questions.isEmpty else { return try files.plan(stored: []) }
    let stored = try await storing { [objects] () async throws(StoreError) in
      try await objects.stored(among: questions, in: projectID)
    }
    return try files.plan(stored: stored)
  }

  /// The image with its password sealed, if it has one in plain text.
  private func seal(
    _ spec: DockerImageSpec, in projectID: String
  ) throws(JobError) -> DockerImageSpec {
    guard case .plainText(let password) = spec.password else { return spec }
    var sealed = spec
    do {
      let secret = try SecretSealer(keys: store.keys).seal(
        password, in: .init(spec, projectID: projectID))
      sealed.password = .plainText(secret)
    } catch {
      throw JobError(error)
    }
    return sealed
  }
}
