internal import JobMessages

/// A new job on its way into the store.
private struct NewJob {
  let job: Job
  let draft: OperationDraft
  let files: JobFiles
  let keyed: KeyedRequest?
  let now: ProtobufTimestamp
}

extension JobCloner {
  /// How often a new job is planned anew because contents were removed meanwhile.
  private static let planningAttempts = 3

  /// Checks the request, plans its uploads, and stores the job with its operation.
  ///
  /// Everything that can fail happens before anything is stored; what depends on an object storage
  /// that takes too long is left to an operation that is completed later (clone-semantics §3).
  func make(
    _ request: NewJobRequest, for caller: Caller, _ keyed: KeyedRequest?, at now: ProtobufTimestamp
  ) async throws(JobError) -> LongRunningOperation {
    let input = try checked(request, for: caller, at: now)
    if let source = request.source { try source.requireData(at: now, "source job") }

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
    let new = NewJob(job: job, draft: draft, files: JobFiles(input), keyed: keyed, now: now)

    try requireCall()
    for _ in 1...Self.planningAttempts {
      let question = try await ask(about: new.files, in: job.projectID)
      switch await question.answer.value(within: policy.planningTime, on: timer) {
      case .success(let stored)?:
        if let reply = try await store(new, given: stored, at: question.epoch) { return reply }
        try await finishRemovals(of: new)
      case .failure(let error)?: throw JobError(error)
      case nil:
        try requireCall()
        return try await accept(new, question)
      }
    }
    // Once the job is stored it holds its contents, and planning cannot fail for this again.
    return try await accept(new, nil)
  }

  /// What is wrong with a request that names no possible source, besides that.
  func refusal(
    of request: NewJobRequest, for caller: Caller, at now: ProtobufTimestamp,
    _ violations: Violations
  ) -> JobError {
    var violations = violations
    do throws(JobError) {
      try check(request, request.input(policy: policy), for: caller, at: now, &violations)
    } catch {
      return error
    }
    return .invalid(violations.list, count: violations.count)
  }

  private func checked(
    _ request: NewJobRequest, for caller: Caller, at now: ProtobufTimestamp
  ) throws(JobError) -> CheckInput {
    let input = request.input(policy: policy)
    var violations = Violations()
    try check(request, input, for: caller, at: now, &violations)
    try violations.throwIfAny()
    return input
  }

  private func check(
    _ request: NewJobRequest, _ input: CheckInput, for caller: Caller, at now: ProtobufTimestamp,
    _ violations: inout Violations
  ) throws(JobError) {
    try ParameterChecks.check(input, into: &violations)
    SizeChecks.check(request, input, into: &violations)
    RequestChecks.check(request, now: now, policy: policy, into: &violations)
    RequestChecks.idempotencyKey(caller.idempotencyKey, &violations)
  }

  private func ask(
    about files: JobFiles, in projectID: String
  ) async throws(JobError) -> StorageQuestion {
    guard !files.questions.isEmpty else { return .none }
    let epoch = try await storing { [store] () async throws(StoreError) in
      try await store.contentEpoch()
    }
    return StorageQuestion(files.questions, in: projectID, of: objects, epoch: epoch)
  }

  /// Stores a job whose uploads are planned, with its operation, done; nil when contents were
  /// removed since epoch.
  private func store(
    _ new: NewJob, given stored: Set<ContentID>, at epoch: Int64?
  ) async throws(JobError) -> LongRunningOperation? {
    let files = try new.files.uploads(stored: stored)
    let signed = try uploads.sign(files, in: new.job.projectID, at: new.now)
    var creation = creation(of: new, new.draft.completed(uploads: files))
    creation.contentEpoch = epoch
    creation.uploadsExpire =
      files.isEmpty ? StoredJob.awaitsNoUpload : uploads.notedExpiry(at: new.now)
    let outcome = try await create(creation)
    if outcome == .contentsChanged { return nil }
    if let earlier = try await earlier(of: new, outcome) { return earlier }
    return signed.isEmpty ? creation.operation : new.draft.completed(uploads: signed)
  }

  /// Stores a job whose uploads are not planned, with an operation that is completed later.
  ///
  /// - Parameter question: what the object storage was asked already, if anything.
  private func accept(
    _ new: NewJob, _ question: StorageQuestion?
  ) async throws(JobError) -> LongRunningOperation {
    var question = question
    let work = OperationWork(
      .planUploads, payload: UploadPlan.payload(new.draft, bringing: new.files),
      lease: worker.makeLease())
    var creation = creation(of: new, new.draft.accepted())
    creation.work = work
    creation.contentEpoch = question?.epoch
    creation.uploadsExpire = uploads.notedExpiry(at: new.now)
    var outcome = try await create(creation)
    if outcome == .contentsChanged {
      // Whatever is answered may be wrong by now. The job that is stored refers to its contents,
      // so none of them can go between a new question and its answer.
      question = nil
      creation.contentEpoch = nil
      outcome = try await create(creation)
    }
    if let earlier = try await earlier(of: new, outcome) { return earlier }
    let unfinished = UnfinishedOperation(
      StoredOperation(
        operation: creation.operation, projectID: new.job.projectID, jobID: new.job.id),
      work: work)
    await worker.start(creation.operation.id, under: work.lease) { [question] in
      await self.finishPlanning(unfinished, question)
    }
    return creation.operation
  }

  private func creation(of new: NewJob, _ operation: LongRunningOperation) -> JobCreation {
    JobCreation(
      job: new.job, operation: operation, contents: new.files.contents,
      idempotency: new.keyed?.claim,
      requiresUniqueName: policy.uniqueNames && !new.job.name.isEmpty)
  }

  private func create(_ creation: JobCreation) async throws(JobError) -> JobCreationOutcome {
    try await storing { [store] () async throws(StoreError) in try await store.create(creation) }
  }

  /// The reply to a creation that stored nothing because of an earlier one; nil when it did store.
  private func earlier(
    of new: NewJob, _ outcome: JobCreationOutcome
  ) async throws(JobError) -> LongRunningOperation? {
    switch outcome {
    case .created: return nil
    case .nameTaken: throw .nameTaken(new.job.name, projectID: new.job.projectID)
    case .repeated, .keyReused, .contentsChanged:
      guard let keyed = new.keyed, let earlier = try await earlier(keyed, outcome) else {
        throw JobError(.internal, "internal error")
      }
      return try await filled(earlier, at: new.now)
    }
  }

  /// Removes those contents of a new job that wait for it, so that it can say they are missing.
  private func finishRemovals(of new: NewJob) async throws(JobError) {
    let contents = new.files.contents.map { StoredContent($0, in: new.job.projectID) }
    _ = try await storing { () async throws(StoreError) in try await remove(contents) }
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
