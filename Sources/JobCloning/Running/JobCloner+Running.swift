internal import JobMessages
internal import Logging

extension JobCloner {
  /// How often a process looks whether others cancelled a job that it runs, or made that urgent.
  private static let cancellationInterval = Duration.seconds(5)

  /// Runs the job of an operation whose lease is held, and stores its end.
  ///
  /// To be called in a task that is cancelled when the lease is lost.
  ///
  /// - Parameter isResumed: whether a process that is gone ran it before.
  /// - Returns: whether the operation is done, or in other hands; without a runner it is neither.
  func run(_ unfinished: UnfinishedOperation, isResumed: Bool) async -> Bool {
    guard let runner else { return false }
    let id = unfinished.stored.jobID
    guard let stored = await runningJob(unfinished) else { return !Task.isCancelled }
    let active = ActiveRun()
    active.follow(stored)
    let run = JobRun(
      stored.job, isResumed: isResumed, keys: store.keys, downloads: downloads, clock: clock)
    let reporter = JobReporter(self, unfinished, active)
    let outcome = await runs.running(active, ofJob: id) {
      async let _: Void = watch(active, ofJob: id)
      async let _: Void = limitStop(
        of: active, to: stored.job.stopTimeout ?? policy.gracefulShutdownTimeout)
      return await active.result { try await runner.run(run, reporting: reporter) }
    }
    if case .failure = outcome, Task.isCancelled, !active.isCancelled {
      // The job goes on, in the process that takes over.
      return false
    }
    return await finish(unfinished, outcome)
  }

  /// The job of an operation; nil when there is nothing to run, or the task was cancelled.
  private func runningJob(_ unfinished: UnfinishedOperation) async -> StoredJob? {
    var backoff = Backoff()
    repeat {
      do throws(StoreError) {
        let stored = try await store.storedJob(id: unfinished.stored.jobID)
        return stored.flatMap { $0.job.status.isRunning ? $0 : nil }
      } catch {
        report(error, unfinished)
      }
    } while await backoff.pause(on: timer)
    return nil
  }

  /// Stops the run when another process took the cancellation, at once if that one is urgent.
  private func watch(_ active: ActiveRun, ofJob id: String) async {
    while !active.isForced {
      do {
        try await timer.sleep(for: Self.cancellationInterval)
        if let stored = try await store.storedJob(id: id) { active.follow(stored) }
      } catch {
        // Either the run is over, or the store is looked at again.
        if Task.isCancelled { return }
      }
    }
  }

  /// Stops a run at once when it had its time to stop gracefully.
  private func limitStop(of active: ActiveRun, to timeout: Duration) async {
    guard await active.stop.value() != nil else { return }
    do {
      try await timer.sleep(for: timeout)
      active.cancel(gracefully: false)
    } catch {}  // The run is over.
  }

  // MARK: The end

  private func finish(
    _ unfinished: UnfinishedOperation, _ outcome: Result<JobRunResult, any Error>
  ) async -> Bool {
    let (id, operationID) = (unfinished.stored.jobID, unfinished.stored.operation.id)
    if case .failure(let error) = outcome, !(error is JobRunError), !(error is CancellationError) {
      logger.error(
        "runner failed", metadata: ["operation": "\(operationID)", "error": "\(error)"])
    }
    var backoff = Backoff()
    repeat {
      do throws(JobError) {
        _ = try await change(job: id) { (stored) async throws(JobError) in
          try await ending(stored, unfinished, outcome)
        }
        events.ended(operationID)
        runs.logsChanged.ended(id)
        return true
      } catch  where .notFound ~= error {
        return true
      } catch {
        report(error, unfinished)
      }
    } while await backoff.pause(on: timer)
    return false
  }

  /// The change that ends a job and its operation; nil when that is done, or in other hands.
  private func ending(
    _ stored: StoredJob, _ unfinished: UnfinishedOperation,
    _ outcome: Result<JobRunResult, any Error>
  ) async throws(JobError) -> JobChange? {
    guard var operation = try await storedOperation(unfinished.stored.operation.id)?.operation,
      !operation.done
    else { return nil }
    let now = clock.now()
    var change = JobChange(of: stored, to: stored.job)
    let ending: RunEnding
    switch outcome {
    case .success(let result):
      let files = result.outputFiles + result.logFiles + result.diagnosticFiles
      let epoch = try await storing { [store] () async throws(StoreError) in
        try await store.contentEpoch()
      }
      let kept = try await storedContents(of: files, in: stored.job.projectID)
      ending = RunEnding(result, keeping: kept, of: stored.job)
      change.addedContents = Array(kept)
      change.contentEpoch = kept.isEmpty ? nil : epoch
    case .failure(let error): ending = RunEnding(error, of: stored.job)
    }
    let ended = ending.fitting(
      into: operation, of: stored.job, limits: policy.limits, at: now)
    operation = ended.operation
    change.job = ended.job
    change.updatedOperation = .init(operation, holder: unfinished.work.lease.holder)
    return change
  }

  private func report(_ error: any Error, _ unfinished: UnfinishedOperation) {
    logger.warning(
      "job not finished yet",
      metadata: ["operation": "\(unfinished.stored.operation.id)", "error": "\(error)"])
  }
}

extension Job {
  /// Whether its parameters say how it is stopped gracefully.
  var canStopGracefully: Bool { jobParameters?.gracefulShutdownParameters != nil }

  /// How long the job may take to stop gracefully; nil when its parameters do not say.
  ///
  /// Clients that know no time send none, or an empty Duration (runner-semantics §3.6).
  var stopTimeout: Duration? {
    guard let timeout = jobParameters?.gracefulShutdownParameters?.timeout, timeout.isValid else {
      return nil
    }
    let duration = Duration.seconds(timeout.seconds) + .nanoseconds(Int64(timeout.nanos))
    return duration > .zero ? duration : nil
  }
}
