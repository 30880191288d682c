internal import JobMessages
internal import Synchronization

/// The jobs that run in this process.
final class RunningJobs: Sendable {
  private let runs = Mutex<[String: ActiveRun]>([:])
  /// Wakes those who follow a job's log, by the job's id.
  let logsChanged = OperationEvents()

  /// Notes a run, and forgets it when `body` returns.
  func running<Result>(
    _ run: ActiveRun, ofJob id: String, _ body: () async -> Result
  ) async -> Result {
    runs.withLock { $0[id] = run }
    defer {
      runs.withLock { runs in
        // A later run of the job may have begun: the lease was lost and got again.
        if runs[id] === run { runs[id] = nil }
      }
    }
    return await body()
  }

  /// Stops a job if it runs here.
  func cancel(_ id: String, gracefully: Bool) {
    runs.withLock { $0[id] }?.cancel(gracefully: gracefully)
  }
}

/// A run of a job in this process.
final class ActiveRun: Sendable {
  private struct State {
    var task: Task<JobRunResult, any Error>?
    var isCancelled = false
    /// Whether the run is to stop at once.
    var isForced = false
  }

  /// Kept when the job is to stop gracefully.
  let stop = Promise<Void>()
  private let state = Mutex(State())

  /// Whether the job was cancelled.
  var isCancelled: Bool { state.withLock { $0.isCancelled } }
  /// Whether the run is to stop at once.
  var isForced: Bool { state.withLock { $0.isForced } }

  /// Stops the run as urgently as the job's state says, if that is being cancelled.
  func follow(_ stored: StoredJob) {
    guard stored.job.status == .cancelling else { return }
    cancel(gracefully: stored.job.canStopGracefully && !stored.stopsAtOnce)
  }

  /// Stops the run, also when it has not begun.
  func cancel(gracefully: Bool) {
    let task = state.withLock { state in
      state.isCancelled = true
      if !gracefully { state.isForced = true }
      return gracefully ? nil : state.task
    }
    if gracefully { stop.keep(()) }
    task?.cancel()
  }

  /// Runs `body` in a task of its own, so that stopping the job does not stop what stores its end.
  ///
  /// The calling task's cancellation reaches it as well.
  func result(
    of body: @escaping @Sendable () async throws -> JobRunResult
  ) async -> Result<JobRunResult, any Error> {
    let task = Task { try await body() }
    let isForced = state.withLock { state in
      state.task = task
      return state.isForced
    }
    if isForced { task.cancel() }
    return await withTaskCancellationHandler {
      await task.result
    } onCancel: {
      task.cancel()
    }
  }
}
