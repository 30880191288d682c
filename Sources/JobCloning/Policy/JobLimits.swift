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
  /// Gigabytes of the extended working storage.
  public var workingStorageGB: ClosedRange<Int64> = 100...10_240

  /// The limits of clone-semantics §4.
  public init() {}
}
