internal import JobMessages
internal import ProtobufWire

/// How many bytes the texts of a run may have, so that the replies which show them have room.
enum RunTexts {
  /// Why a run failed.
  static let details = 4 << 10
  /// What is wrong with an output file.
  static let fileError = 512
  /// What is being done.
  static let progress = 1 << 10
  /// The file that a message of the log belongs to.
  static let path = 4 << 10
}

extension String {
  /// The text, cut between two characters after so many bytes; then it ends in an ellipsis.
  func shortened(toBytes limit: Int) -> String {
    guard utf8.count > limit else { return self }
    for count in stride(from: limit, through: max(0, limit - 3), by: -1) {
      if let head = String(utf8.prefix(count)) { return head + "…" }
    }
    return "…"
  }
}

extension LogMessage.Source {
  /// The source, with a path that is cut after so many bytes.
  func shortened(toBytes limit: Int) -> Self {
    guard case .filePath(let path) = self else { return self }
    return .filePath(path.shortened(toBytes: limit))
  }
}

extension RunEnding {
  /// A job and the operation that ran it, both ended.
  struct Ended {
    var job: Job
    var operation: LongRunningOperation
  }

  /// The job and its operation as this ending leaves them, if the replies about them have room for
  /// it; otherwise as a run leaves them whose results are too large.
  func fitting(
    into operation: LongRunningOperation, of running: Job, limits: JobLimits,
    at now: ProtobufTimestamp
  ) -> Ended {
    let ended = ended(operation, at: now)
    let size = ended.replySize(limits)
    guard size > limits.replySize else { return ended }
    let error = JobRunError(
      "the results of the run take \(size) bytes, over the limit of \(limits.replySize)")
    var failed = RunEnding(error, of: running).ended(operation, at: now)
    if failed.replySize(limits) > limits.replySize {
      // The job itself was stored under other limits.
      failed.operation.metadata = .execution(of: failed.job.withoutParameters)
    }
    return failed
  }

  private func ended(_ operation: LongRunningOperation, at now: ProtobufTimestamp) -> Ended {
    let job = job(at: now)
    var operation = operation.ended(result, at: now)
    operation.metadata = .execution(of: job)
    return Ended(job: job, operation: operation)
  }
}

extension RunEnding.Ended {
  /// Bytes of the largest reply about them, at the most: the operation's, or that with all files.
  fileprivate func replySize(_ limits: JobLimits) -> Int {
    let files = job.suppliedFiles + job.outputFiles + job.logFiles + job.diagnosticFiles
    let downloads = files.reduce(0) { sum, file in
      sum + file.serializedSize + limits.urlSize + Self.tags
    }
    let urls = job.outputFiles.count * (limits.urlSize + Self.tags)
    return max(operation.serializedSize + urls, downloads)
  }

  /// Bytes of tags and lengths around a file and its URL.
  private static let tags = 32
}

extension Job {
  fileprivate var withoutParameters: Job {
    var job = self
    job.jobParameters = nil
    job.config = ""
    return job
  }
}
