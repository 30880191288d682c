internal import JobMessages
internal import ProtobufWire

/// What a run's outcome makes of its job and its operation.
struct RunEnding {
  /// How the operation ends.
  let result: LongRunningOperation.Result
  private var job: Job

  /// The end of a run that came to its end by itself, or stopped when it was asked to.
  ///
  /// - Parameter stored: the contents that are stored; files without theirs become file errors.
  init(_ outcome: JobRunResult, keeping stored: Set<ContentID>, of running: Job) {
    var job = running
    var errors = outcome.fileErrors.map { error in
      var error = error
      if error.type == .unspecified { error.type = .notFound }
      error.description = error.description.shortened(toBytes: RunTexts.fileError)
      return error
    }
    func kept(_ files: [File], isOutput: Bool) -> [File] {
      files.filter { file in
        if stored.contains(ContentID(file)) { return true }
        errors.append(
          .with {
            if isOutput {
              $0.outputFileDesc = file.desc ?? FileDesc()
            } else {
              $0.logFileName = file.desc?.path ?? ""
            }
            $0.description = "the content was not uploaded"
            $0.type = .uploadFailed
          })
        return false
      }
    }
    job.outputFiles = kept(outcome.outputFiles, isOutput: true)
    job.logFiles = kept(outcome.logFiles, isOutput: false)
    job.diagnosticFiles = kept(outcome.diagnosticFiles, isOutput: false)
    job.outputDatasets = outcome.outputDatasets
    job.fileErrors = errors
    let files = job.suppliedFiles + job.outputFiles + job.logFiles + job.diagnosticFiles
    job.dataSizeBytes = files.reduce(0) { sum, file in
      sum.addingReportingOverflow(file.sizeBytes).partialValue
    }
    if running.status == .cancelling {
      job.status = .cancelled
    } else if outcome.returnCode == 0 {
      job.status = .success
    } else {
      job.status = .error
      job.statusDetails = "the command returned \(outcome.returnCode)"
    }
    self.job = job
    result = .response(
      ProtobufAny(
        packing: ExecuteProjectJobResponse.with {
          $0.outputFiles = job.outputFiles.map { file in .with { $0.file = file } }
          $0.result = .with { $0.returnCode = outcome.returnCode }
          $0.outputDatasets = job.outputDatasets
          $0.outputFilesErrors = errors
        }))
  }

  /// The end of a run that was broken off, or could not be made.
  init(_ error: any Error, of running: Job) {
    job = running
    let shown: JobError
    if running.status == .cancelling {
      shown = .cancelled("the job")
      job.status = .cancelled
    } else {
      // What else went wrong may tell of the server's inside, and is in the log.
      let text = (error as? JobRunError)?.description ?? "the runner failed"
      shown = JobError(.internal, text.shortened(toBytes: RunTexts.details))
      job.status = .error
    }
    if job.statusDetails.isEmpty { job.statusDetails = shown.message }
    result = .error(shown.googleStatus(requestID: ""))
  }

  /// The job, ended now, or when it began where clocks go back.
  func job(at now: ProtobufTimestamp) -> Job {
    var job = job
    job.finishedAt = job.startedAt.map { now.isBefore($0) ? $0 : now } ?? now
    return job
  }
}
