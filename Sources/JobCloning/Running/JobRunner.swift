public import JobMessages
internal import ProtobufWire

/// What runs jobs: the embedder's own machinery, such as containers or a cluster.
///
/// Safe to call from any task; runs of different jobs overlap.
public protocol JobRunner: Sendable {
  /// Runs a job to its end, and returns what came of it.
  ///
  /// It is called when somebody executes the job, and once more, with ``JobRun/isResumed``, in
  /// whatever process takes over when the first crashed or shut down. So a run may have happened
  /// already, in part or in whole: who cannot tell throws ``JobRunError/cannotResume``.
  ///
  /// The task is cancelled in two cases that ``JobReporter/isJobCancelled`` tells apart: the job is
  /// to stop at once, or this process is to let go of it while it goes on for another to resume.
  ///
  /// - Throws: ``JobRunError`` to let the job end in an error whose text the caller reads; after any
  ///   other error the caller reads that something failed, and the log what it was.
  func run(_ run: JobRun, reporting reporter: JobReporter) async throws -> JobRunResult
}

/// What came of a run that ended by itself.
public struct JobRunResult: Sendable, Hashable {
  /// What the job's command returned; anything but 0 makes the job's status ERROR.
  public var returnCode: Int64
  /// The files that the run made; their contents are uploaded already, see
  /// ``JobReporter/uploadURL(for:)``.
  public var outputFiles: [File] = []
  /// Files that hold the job's logs, uploaded like ``outputFiles``.
  public var logFiles: [File] = []
  /// Files for whoever looks for a fault, uploaded like ``outputFiles``.
  public var diagnosticFiles: [File] = []
  /// The datasets that the run made.
  public var outputDatasets: [OutputDataset] = []
  /// The files that the run should have made and that are missing, each with the kind of failure;
  /// one without a kind is NOT_FOUND.
  ///
  /// Returned files whose contents were not uploaded are added, as UPLOAD_FAILED.
  public var fileErrors: [FileUploadError] = []

  /// The end of a run that made nothing.
  public init(returnCode: Int64) { self.returnCode = returnCode }
}

extension FileUploadError {
  /// An output file that the run did not make.
  ///
  /// - Parameters:
  ///   - file: the file as the job's parameters have it.
  ///   - description: what went wrong, for people to read.
  public static func notFound(
    _ file: FileDesc, _ description: String = "the run made no such file"
  ) -> Self {
    .with {
      $0.outputFileDesc = file
      $0.description = description
      $0.type = .notFound
    }
  }

  /// An output file that the run made, and that could not be stored.
  ///
  /// - Parameters:
  ///   - file: the file as the job's parameters have it.
  ///   - description: what went wrong, for people to read.
  public static func uploadFailed(_ file: FileDesc, _ description: String) -> Self {
    .with {
      $0.outputFileDesc = file
      $0.description = description
      $0.type = .uploadFailed
    }
  }
}

/// Why a job could not be run; unlike a return code it says that the command did not come to its
/// end.
public struct JobRunError: Error, Sendable, CustomStringConvertible {
  /// What the job's owner reads.
  public var description: String

  /// An error with a text for the job's owner.
  public init(_ description: String) { self.description = description }

  /// The process that ran the job is gone, and the runner cannot go on where it stopped.
  public static let cannotResume = JobRunError("the run was interrupted and cannot be resumed")
}
