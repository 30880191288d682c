internal import JobMessages

/// A runner that runs nothing: every job succeeds at once, with one line in its log.
///
/// For trying out a server and its clients. It can resume whatever was interrupted.
public struct InstantRunner: JobRunner {
  /// A runner.
  public init() {}

  /// Says so in the log, and returns 0.
  public func run(_ run: JobRun, reporting reporter: JobReporter) async throws -> JobRunResult {
    try await reporter.log("Job \(run.job.id) was completed without being run.\n")
    return JobRunResult(returnCode: 0)
  }
}
