internal import JobMessages
internal import Logging

/// Follows the log of a job until the job ends.
public struct JobLogReader: Sendable {
  /// How many messages a page has at the most.
  fileprivate static let pageSize = 48

  private let cloner: JobCloner
  private let jobID: String
  private var offset: Int64

  init(_ cloner: JobCloner, jobID: String, offset: Int64) {
    self.cloner = cloner
    self.jobID = jobID
    self.offset = offset
  }

  /// The next messages, once there are some; nil when the job has ended, or is gone, and all were
  /// read.
  ///
  /// - Throws: ``JobError``, with ``JobErrorCode/cancelled`` when the task is cancelled.
  public mutating func next() async throws(JobError) -> JobLogPage? {
    var backoff = Backoff(upTo: .seconds(5))
    while true {
      // Who begins to listen before looking misses nothing.
      let found = try await cloner.runs.logsChanged.watching(jobID) {
        [cloner, jobID, offset] (changed) async throws(JobError) -> Look in
        let look = try await cloner.look(atLogOf: jobID, from: offset)
        if case .nothing = look {
          _ = await changed.value(within: backoff.step(), on: cloner.timer)
        }
        return look
      }
      switch found {
      case .page(let page):
        offset = page.nextOffset
        return page
      case .end: return nil
      case .nothing: if Task.isCancelled { throw .cancelled("reading the logs") }
      }
    }
  }

  /// What there is to read at present.
  fileprivate enum Look {
    case page(JobLogPage)
    case nothing
    case end
  }
}

extension JobCloner {
  /// A reader of a job's log; the right to read the project suffices.
  ///
  /// - Parameters:
  ///   - id: the job's id; the job may not run yet.
  ///   - offset: where to begin; -1 is after everything there is at present.
  ///   - principal: who asks.
  public func logReader(
    ofJob id: String, from offset: Int64, for principal: Principal
  ) async throws(JobError) -> JobLogReader {
    var violations = Violations()
    RequestChecks.id(id, "job_id", &violations)
    if offset < -1 { violations.add("offset", "must be -1 or greater") }
    try violations.throwIfAny()
    guard runner != nil else { throw .noRunner }
    _ = try await readable(job: id, for: principal)
    guard offset == -1 else { return JobLogReader(self, jobID: id, offset: offset) }
    let end = try await storing { [logs] () async throws(StoreError) in
      try await logs.end(ofJob: id)
    }
    return JobLogReader(self, jobID: id, offset: end)
  }

  /// Forgets what a job that is gone wrote; where that fails, the logs' own limits do it.
  func forgetLogs(ofJob id: String) async {
    do throws(StoreError) {
      try await logs.remove(ofJob: id)
    } catch {
      logger.warning("logs not removed", metadata: ["job": "\(id)", "error": "\(error)"])
    }
  }

  fileprivate func look(
    atLogOf id: String, from offset: Int64
  ) async throws(JobError) -> JobLogReader.Look {
    try await storing { [store, logs, policy] () async throws(StoreError) in
      // The job is looked at first: what it wrote before its end is then in the log.
      let job = try await store.job(id: id)
      let page = try await logs.page(ofJob: id, from: offset, limit: JobLogReader.pageSize)
      if !page.messages.isEmpty { return .page(page.fitting(policy.limits.pageSize)) }
      let goesOn = job.map { $0.status == .creating || $0.status.isRunning } ?? false
      return goesOn ? .nothing : .end
    }
  }
}
