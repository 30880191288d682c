/// How much of everything a job may have (clone-semantics §4); sizes are in bytes.
public struct JobLimits: Sendable, Hashable {
  /// Unicode characters of a name.
  public var nameLength = 64
  /// Unicode characters of a description.
  public var descriptionLength = 256
  /// Input files of a job.
  public var inputFiles = 100
  /// Output files of a job.
  public var outputFiles = 100
  /// S3 mounts of a job.
  public var s3Mounts = 100
  /// Datasets of a job.
  public var datasets = 100
  /// Bytes of one input file or local module.
  public var fileSize: Int64 = 5 << 30
  /// Bytes of all input files and local modules of a job together.
  public var totalFileSize: Int64 = 10 << 30
  /// Bytes of a job's `config`.
  public var configSize = 256 << 10
  /// Bytes of the largest reply: what the server was configured with.
  ///
  /// What could not be read in one reply is not stored, and pages end before it.
  public var replySize = 4 << 20
  /// Bytes that a reply needs for the URL of each file; the object storage makes none that is longer.
  public var urlSize = 1_024
  /// Gigabytes of the extended working storage.
  public var workingStorageGB: ClosedRange<Int64> = 100...10_240

  /// The limits of clone-semantics §4.
  public init() {}
}
