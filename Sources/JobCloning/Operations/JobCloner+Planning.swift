internal import JobMessages
internal import Logging

extension JobCloner {
  /// Completes an operation that waits for its uploads to be planned (clone-semantics §3).
  ///
  /// Its response or its error is stored in one change with the job. When a store fails, this tries
  /// again for as long as its task is not cancelled.
  ///
  /// - Parameter question: what the object storage was asked already, if anything.
  /// - Returns: whether the operation is done, or in other hands.
  func finishPlanning(
    _ unfinished: UnfinishedOperation, _ question: StorageQuestion?
  ) async -> Bool {
    let id = unfinished.stored.operation.id
    var question = question
    var backoff = Backoff()
    while !Task.isCancelled {
      do throws(StoreError) {
        switch try await tryPlanning(unfinished, &question) {
        case .changed:
          events.ended(id)
          return true
        case .leaseLost: return true
        // Somebody else changed the job; it is read again.
        case .conflict: continue
        case .repeated, .keyReused, nil: break
        }
      } catch {
        question = nil
        logger.warning(
          "operation not completed yet", metadata: ["operation": "\(id)", "error": "\(error)"])
      }
      guard await backoff.pause(on: timer) else { break }
    }
    return false
  }

  /// Asks, unless an answer is on its way, and stores what follows; nil when cancelled meanwhile.
  private func tryPlanning(
    _ unfinished: UnfinishedOperation, _ question: inout StorageQuestion?
  ) async throws(StoreError) -> JobChangeOutcome? {
    let operation = unfinished.stored.operation
    guard let job = try await store.storedJob(id: unfinished.stored.jobID) else {
      // Whoever removes a job ends its operation in the same change.
      logger.error("operation without its job", metadata: ["operation": "\(operation.id)"])
      return .leaseLost
    }
    if job.job.dataCleared {
      let fault = JobError.PreconditionViolation(
        type: "DATA_CLEARED", subject: job.job.id, description: "the data of the job was cleared")
      return try await fail(unfinished, of: job, .failedPrecondition([fault]))
    }
    let plan: UploadPlan
    do throws(JobError) {
      plan = try UploadPlan(payload: unfinished.work.payload, of: job.job)
    } catch {
      return try await fail(unfinished, of: job, error)
    }
    let asked = question ?? ask(plan.questions, in: job.job.projectID)
    question = asked
    let answer = await asked.answer.value(within: timeLeft(for: operation), on: timer)
    if answer == nil, Task.isCancelled { return nil }
    let result: Result<LongRunningOperation.Result, JobError>
    switch answer ?? .failure(StoreError(.unavailable, "no answer in time")) {
    case .success(let stored):
      do throws(JobError) {
        result = .success(.response(try plan.response(given: stored)))
      } catch {
        result = .failure(error)
      }
    case .failure(let error):
      if mayPass(error, for: operation) { throw error }
      result = .failure(JobError(error))
    }
    switch result {
    case .success(let response):
      var change = JobChange(of: job, to: job.job)
      change.updatedOperation = .init(
        operation.ended(response, at: clock.now()), holder: unfinished.work.lease.holder)
      return try await store.change(change)
    case .failure(let error):
      return try await fail(unfinished, of: job, error)
    }
  }

  private func ask(_ contents: Set<ContentID>, in projectID: String) -> StorageQuestion {
    // The stored job refers to its contents: none can be removed, so no epoch is needed.
    contents.isEmpty ? .none : StorageQuestion(contents, in: projectID, of: objects, epoch: nil)
  }

  /// How long the object storage gets for its answer even when the time for planning is over: it
  /// may have passed while no process was there to ask.
  private static let shortestPatience = Duration.seconds(60)

  /// How long to wait for an answer.
  private func timeLeft(for operation: LongRunningOperation) -> Duration {
    max(
      .seconds(planningEnd(of: operation) - clock.now().seconds), Self.shortestPatience)
  }

  /// Whether the object storage may yet answer, and there is time left to ask again.
  private func mayPass(_ error: StoreError, for operation: LongRunningOperation) -> Bool {
    switch error.code {
    case .unavailable, .full: clock.now().seconds < planningEnd(of: operation)
    case .corrupted, .misconfigured: false
    }
  }

  /// When planning an operation's uploads has taken too long, in seconds since 1970.
  private func planningEnd(of operation: LongRunningOperation) -> Int64 {
    (operation.createdAt ?? ProtobufTimestamp())
      .advanced(bySeconds: policy.planningDeadline).seconds
  }

  /// Ends an operation and its job with an error.
  private func fail(
    _ unfinished: UnfinishedOperation, of job: StoredJob, _ error: JobError
  ) async throws(StoreError) -> JobChangeOutcome {
    let operation = unfinished.stored.operation
    logger.notice(
      "operation failed", metadata: ["operation": "\(operation.id)", "error": "\(error)"])
    let now = clock.now()
    var change = JobChange(of: job, to: job.job.ended(.error, error.message, at: now))
    change.updatedOperation = .init(
      operation.failed(error, at: now), holder: unfinished.work.lease.holder)
    return try await store.change(change)
  }
}

extension Job {
  /// The job, ended before it was ever executed; one that has ended already as it is.
  func ended(_ status: JobStatus, _ details: String, at now: ProtobufTimestamp) -> Job {
    guard self.status == .creating else { return self }
    var job = self
    job.status = status
    job.statusDetails = details
    job.finishedAt = now
    return job
  }
}
