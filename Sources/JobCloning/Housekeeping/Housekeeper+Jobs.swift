internal import JobMessages
internal import Logging
internal import Synchronization

extension Housekeeper {
  /// Clears the data of jobs that has expired, and lets their contents go.
  func expireData(
    at now: ProtobufTimestamp, _ sweep: inout Sweep
  ) async throws(StoreError) {
    try await eachJob(due: .dataExpired(at: now.seconds), .expired) {
      (stored) async throws(StoreError) in
      if try await isBusy(stored.job) { return }
      var job = stored.job.ended(
        .error, "the data of the job expired before it was executed", at: now)
      job.dataCleared = true
      var change = JobChange(of: stored, to: job)
      change.releasesContents = true
      if case .changed = try await cloner.store.change(change) {
        await cloner.forgetLogs(ofJob: job.id)
        sweep.expiredJobs += 1
        logger.debug("data of a job cleared", metadata: ["job": "\(job.id)"])
      }
    }
  }

  /// Fails jobs that wait for contents which nobody can upload any more.
  ///
  /// They stay, so that whoever looks for them learns why. A job whose contents are all there waits
  /// for its execution until its data expires, and is not looked at again.
  func failUnexecuted(
    at now: ProtobufTimestamp, _ sweep: inout Sweep
  ) async throws(StoreError) {
    let due = DueJobs.uploadsExpired(before: now.seconds - rules.uploadGrace)
    try await eachJob(due: due, .unexecuted) { (stored) async throws(StoreError) in
      if try await isBusy(stored.job) { return }
      guard let details = try await faultOfUnexecuted(stored.job) else {
        try await cloner.store.extendUploads(
          ofJob: stored.job.id, until: StoredJob.awaitsNoUpload)
        return
      }
      let change = JobChange(of: stored, to: stored.job.ended(.error, details, at: now))
      if case .changed = try await cloner.store.change(change) {
        sweep.failedJobs += 1
        logger.debug("job without its contents failed", metadata: ["job": "\(stored.job.id)"])
      }
    }
  }

  /// Why a job that waits for uploads will never be executed; nil when all its contents are there.
  private func faultOfUnexecuted(_ job: Job) async throws(StoreError) -> String? {
    if job.dataCleared { return "the data of the job was cleared before it was executed" }
    let missing = try await missingFiles(of: job)
    guard let first = missing.first else { return nil }
    let path = quoted(first.desc?.path ?? "")
    return missing.count == 1
      ? "\(path) was not uploaded in time"
      : "\(missing.count) files were not uploaded in time, the first is \(path)"
  }

  /// The files of a job whose content is not stored.
  private func missingFiles(of job: Job) async throws(StoreError) -> [File] {
    let files = JobFiles(bringing: [], to: job.jobParameters ?? JobParameters())
    guard !files.questions.isEmpty else { return [] }
    let stored = try await cloner.objects.stored(among: files.questions, in: job.projectID)
    return files.missing(stored: stored)
  }

  /// Whether someone works on the job at present: then it is left to a later sweep.
  ///
  /// A runner reads the contents of a job that it executes, whatever the time.
  private func isBusy(_ job: Job) async throws(StoreError) -> Bool {
    if job.status.isRunning { return true }
    return try await cloner.store.unfinishedOperation(of: job) != nil
  }

  /// Calls `body` with each job that is due, from where the last sweep stopped.
  private func eachJob(
    due: DueJobs, _ rule: JobRule,
    _ body: (StoredJob) async throws(StoreError) -> Void
  ) async throws(StoreError) {
    for _ in 0..<rules.pagesPerSweep {
      let page = try await cloner.store.jobs(
        due: due, after: cursors.withLock { $0.jobs[rule] }, limit: rules.pageSize)
      for stored in page {
        if Task.isCancelled { return }
        // Past the job first: one that a store cannot change must not hold up the others.
        cursors.withLock { $0.jobs[rule] = stored.job.id }
        try await body(stored)
      }
      if page.isEmpty {
        cursors.withLock { $0.jobs[rule] = nil }
        return
      }
    }
  }
}
