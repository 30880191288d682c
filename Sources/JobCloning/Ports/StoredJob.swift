public import JobMessages

/// A job with what a store keeps beside it.
public struct StoredJob: Sendable, Hashable {
  /// The job, its secrets sealed.
  public var job: Job
  /// The number of the job's state: every change makes it greater.
  public var revision: Int64
  /// When the last upload URL that was handed out for the job expires, in seconds since 1970.
  public var uploadsExpire: Int64

  /// Whether the job, being CANCELLING, is to stop at once: no time to stop gracefully is left.
  public var stopsAtOnce: Bool

  /// The ``uploadsExpire`` of a job that waits for no upload.
  public static let awaitsNoUpload = Int64.max

  /// A job in one of its states.
  public init(job: Job, revision: Int64, uploadsExpire: Int64, stopsAtOnce: Bool = false) {
    self.job = job
    self.revision = revision
    self.uploadsExpire = uploadsExpire
    self.stopsAtOnce = stopsAtOnce
  }
}

/// Which jobs of all projects are due for housekeeping.
public enum DueJobs: Sendable, Hashable {
  /// Those whose data has expired at this second and is not cleared yet.
  case dataExpired(at: Int64)
  /// Those in status CREATING whose ``StoredJob/uploadsExpire`` is before this second.
  case uploadsExpired(before: Int64)
  /// Every job.
  case all

  /// How many bytes of messages a page has at the most, unless one job alone has more.
  public static let byteLimit = 8 << 20
}
