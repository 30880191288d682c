public import JobCloning
internal import JobMessages
internal import ProtobufWire

extension InMemoryJobStore {
  /// The job with this id and the number of its state, or nil.
  public func storedJob(id: String) async throws(StoreError) -> StoredJob? {
    try access { state in
      state.jobReads += 1
      return state.jobs[id]?.stored
    }
  }

  /// Changes a job, if it still is in the state that the change is made to.
  public func change(_ change: JobChange) async throws(StoreError) -> JobChangeOutcome {
    try await accessBetweenRemovals { $0.change(change) }
  }

  /// Notes that upload URLs of the job are good until this second, in a new state of the job.
  public func extendUploads(ofJob id: String, until expiry: Int64) async throws(StoreError) {
    try access { state in
      guard let noted = state.jobs[id]?.stored.uploadsExpire, noted < expiry else { return }
      state.jobs[id]?.stored.uploadsExpire = expiry
      state.jobs[id]?.stored.revision += 1
    }
  }

  /// A page of jobs of all projects, in the order of their ids, after the one given.
  public func jobs(
    due: DueJobs, after id: String?, limit: Int
  ) async throws(StoreError) -> [StoredJob] {
    try access { state in
      let found = state.jobs.values.map(\.stored).filter { stored in
        guard due.includes(stored) else { return false }
        return id.map { stored.job.id > $0 } ?? true
      }
      let sorted = found.sorted { $0.job.id < $1.job.id }.prefix(max(0, limit))
      var bytes = 0
      let end = sorted.firstIndex { stored in
        bytes += stored.job.serializedSize
        return bytes > DueJobs.byteLimit
      }
      return Array(sorted.prefix(end.map { max(1, $0) } ?? sorted.count))
    }
  }
}

extension DueJobs {
  fileprivate func includes(_ stored: StoredJob) -> Bool {
    switch self {
    case .dataExpired(let second):
      guard !stored.job.dataCleared, let expiry = stored.job.dataExpiresAt else { return false }
      return (expiry.seconds, expiry.nanos) <= (second, 0)
    case .uploadsExpired(let second):
      return stored.job.status == .creating && stored.uploadsExpire < second
    case .all: return true
    }
  }
}
